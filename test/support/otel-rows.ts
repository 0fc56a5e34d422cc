/** Rows as the Collector's exporter inserts them: only the OTel columns. */
import type { Store } from '../../src/store/client.ts'

/** The window the rows start in. */
export const DAY = { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' }

export interface Given {
  executionId: string
  startedMs?: number
  attributes?: Record<string, string>
}

/** Inserts rows as the Collector's exporter does: only the OTel columns. */
export async function insertOtelRows(store: Store, given: readonly Given[]): Promise<void> {
  const rows = given.map(({ executionId, startedMs = 0, attributes = {} }) => {
    const startedNs = (BigInt(Date.parse(DAY.from)) + BigInt(startedMs)) * 1_000_000n + 123_456_789n
    const LogAttributes = {
      'code_exec.execution.id': executionId,
      'code_exec.organization.id': 'acme',
      'gen_ai.agent.id': 'a',
      'code_exec.runtime': 'subprocess',
      'code_exec.language': 'python',
      'code_exec.outcome': 'success',
      'code_exec.success': 'true',
      'code_exec.duration_ms': '10',
      'code_exec.started_at': `${startedNs}`,
      ...attributes,
    }
    const Timestamp = new Date(Date.parse(DAY.from) + startedMs + 50)
      .toISOString()
      .slice(0, 23)
      .replace('T', ' ')
    return JSON.stringify({
      Timestamp,
      TraceId: 't',
      SpanId: 's',
      EventName: 'code_exec.completed',
      LogAttributes,
    })
  })
  await store.command(
    `INSERT INTO code_exec_logs (Timestamp, TraceId, SpanId, EventName, LogAttributes) FORMAT JSONEachRow\n${rows.join('\n')}`,
  )
}
