/** The completion an adopter writes for an execution whose executor is gone. */
import type { Entry } from './outbox/frames.ts'

interface KeyValue {
  key: string
  value: Record<string, unknown>
}
interface LogRecordJson {
  attributes: KeyValue[]
  traceId?: string
  spanId?: string
}

const MESSAGE = 'the process that ran this execution ended before it did; what the code came to is not known'

/**
 * Entries for one begun and never ended: everything known at its beginning, `outcome: error`,
 * `error.type: executor_crashed`, ended at the last sign of its executor. The store keeps the true
 * completion where one arrives as well.
 */
export function crashEntries(begun: Entry, lastSignMs: number): Entry[] {
  const record: LogRecordJson = JSON.parse(begun.json)
  const started = BigInt(valueOf(record, 'code_exec.started_at') ?? '0')
  const lastSign = BigInt(Math.round(lastSignMs)) * 1_000_000n
  const end = String(lastSign > started ? lastSign : started)
  const failed: KeyValue[] = [
    text('code_exec.outcome', 'error'),
    { key: 'code_exec.success', value: { boolValue: false } },
    text('error.type', 'executor_crashed'),
    text('exception.message', MESSAGE),
  ]
  const log = {
    ...record,
    timeUnixNano: end,
    observedTimeUnixNano: end,
    severityNumber: 17,
    severityText: 'ERROR',
    eventName: 'code_exec.completed',
    body: { stringValue: 'code_exec.completed' },
    attributes: [...record.attributes, ...failed, text('code_exec.isolation', 'none')],
  }
  const span = {
    traceId: record.traceId,
    spanId: record.spanId,
    parentSpanId: valueOf(record, 'code_exec.parent_span_id'),
    name: `execute_code ${valueOf(record, 'code_exec.runtime') ?? 'unknown'}`,
    kind: 1,
    startTimeUnixNano: String(started),
    endTimeUnixNano: end,
    attributes: [...record.attributes.filter(({ key }) => SPAN_KEYS.has(key)), ...failed.slice(0, 3)],
    status: { code: 2, message: MESSAGE },
  }
  return [
    { kind: 'L', executionId: '', json: JSON.stringify(log) },
    { kind: 'S', executionId: '', json: JSON.stringify(span) },
    { kind: 'E', executionId: begun.executionId, json: '' },
  ]
}

const SPAN_KEYS = new Set([
  'code_exec.execution.id',
  'code_exec.organization.id',
  'code_exec.workflow_execution.id',
  'code_exec.runtime',
  'code_exec.language',
  'gen_ai.agent.id',
])

function text(key: string, value: string): KeyValue {
  return { key, value: { stringValue: value } }
}

function valueOf(record: LogRecordJson, wanted: string): string | undefined {
  const found = record.attributes.find(({ key }) => key === wanted)?.value['stringValue']
  return typeof found === 'string' ? found : undefined
}
