import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/client.ts'
import { getAgentStats } from '../../src/store/queries/agent-stats.ts'
import { DAY, insertOtelRows, type Given } from '../support/otel-rows.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

let clickhouse: RunningClickHouse
let store: Store
beforeAll(async () => {
  clickhouse = await startClickHouse()
  store = clickhouse.store
})
afterAll(() => clickhouse.stop())

const insert = (given: readonly Given[]): Promise<void> => insertOtelRows(store, given)

describe('agent stats', () => {
  it('counts, rates, spreads and splits what an agent did, and the window before beside it', async () => {
    const agent = { 'gen_ai.agent.id': 'stats' }
    const failed = {
      'code_exec.success': 'false',
      'code_exec.outcome': 'failure',
      'error.type': 'exception',
      'exception.message': 'no',
      'code_exec.error.fingerprint': 'f'.repeat(16),
      'process.exit.code': '1',
    }
    await insert([
      ...[10, 20, 30].map((ms, n) => ({
        executionId: `s${n}`,
        startedMs: n,
        attributes: {
          ...agent,
          'code_exec.duration_ms': `${ms}`,
          'process.exit.code': '0',
          'code_exec.tokens_used': '5',
        },
      })),
      {
        executionId: 's3',
        startedMs: 9,
        attributes: {
          ...agent,
          ...failed,
          'code_exec.language': 'bash',
          'code_exec.validation.passed': 'false',
        },
      },
      { executionId: 'before', startedMs: -1000, attributes: agent },
    ])
    const stats = await getAgentStats(store, {
      scope: { organizationId: 'acme' },
      agentId: 'stats',
      window: DAY,
      compare: 'previous',
    })
    expect(stats).toMatchObject({
      count: 4,
      successCount: 3,
      successRate: 0.75,
      validationPassRate: 0,
      tokensUsed: { sum: 15, avg: 5 },
      byOutcome: { success: 3, failure: 1, timeout: 0, limit: 0, cancelled: 0, error: 0 },
      byLanguage: [
        { key: 'python', count: 3, successRate: 1 },
        { key: 'bash', count: 1, successRate: 0 },
      ],
      topErrors: [{ fingerprint: 'f'.repeat(16), message: 'no', count: 1, executionId: 's3' }],
      costRunNanoUsd: null,
      previous: { count: 1 },
    })
    expect(stats.durationMs).toMatchObject({ avg: 17.5, max: 30 })
    expect(stats.byExitCode.map((group) => [group.key, group.count])).toEqual([
      [0, 3],
      [1, 1],
    ])
    expect(stats.memoryPeakBytes).toMatchObject({
      avg: null,
      p50: null,
      p90: null,
      p95: null,
      p99: null,
      max: null,
    })
  })

  it('says null, not zero, of an agent without executions', async () => {
    const stats = await getAgentStats(store, { scope: 'all', agentId: 'nobody', window: DAY })
    expect(stats).toMatchObject({
      count: 0,
      successRate: null,
      firstSeen: null,
      durationMs: { p50: null },
      topErrors: [],
    })
  })
})
