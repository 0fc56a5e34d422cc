/** The completion an adopter sends for an execution whose executor is gone. */
import { COMPLETED_EVENT, ERROR, SPAN_START_KEYS } from './serialize.ts'
import { PARENT_KEY } from './execution-entry.ts'
import type { StoredFrame } from '../outbox/frames.ts'

interface KeyValue {
  key: string
  value: Record<string, unknown>
}
interface LogRecordJson {
  attributes: KeyValue[]
  traceId?: string
  spanId?: string
  flags?: number
}

const MESSAGE = 'the process that ran this execution ended before it did; what the code came to is not known'
const ERROR_TYPE = 'executor_crashed'
const SEVERITY = { severityNumber: ERROR.number, severityText: ERROR.text }
const STATUS_ERROR = 2
const KIND_INTERNAL = 1

/**
 * Completion of one begun and never ended: everything known at its beginning, `outcome: error`,
 * `error.type: executor_crashed`, ended at the last sign of its executor. The store keeps the true completion
 * where one arrives as well. Made of the same beginning it is the same again.
 */
export function crashFrame(begun: StoredFrame, lastSignMs: number): StoredFrame {
  const record: LogRecordJson = JSON.parse(begun.first.toString('utf8'))
  const rest: KeyValue[] = JSON.parse(begun.second.toString('utf8'))
  const known = [...record.attributes, ...rest]
  const startedAt = valueOf(known, 'code_exec.started_at') ?? '0'
  const lastSign = BigInt(Math.round(Math.max(lastSignMs, begun.writtenMs))) * 1_000_000n
  const endedAt = lastSign > BigInt(startedAt) ? `${lastSign}` : startedAt
  const log = {
    ...record,
    ...SEVERITY,
    timeUnixNano: endedAt,
    observedTimeUnixNano: endedAt,
    eventName: COMPLETED_EVENT,
    body: { stringValue: COMPLETED_EVENT },
    attributes: [...known.filter(({ key }) => key !== PARENT_KEY), ...FAILED, ...UNKNOWN],
  }
  const span = {
    traceId: record.traceId,
    spanId: record.spanId,
    parentSpanId: valueOf(known, PARENT_KEY),
    flags: record.flags,
    name: `execute_code ${valueOf(known, 'code_exec.runtime') ?? 'unknown'}`,
    kind: KIND_INTERNAL,
    startTimeUnixNano: startedAt,
    endTimeUnixNano: endedAt,
    attributes: [...known.filter(({ key }) => SPAN_START_KEYS.has(key)), ...FAILED],
    events: [{ name: 'exception', timeUnixNano: endedAt, attributes: EXCEPTION }],
    status: { code: STATUS_ERROR, message: MESSAGE },
  }
  return {
    ...begun,
    kind: 'C',
    first: Buffer.from(JSON.stringify(log)),
    second: Buffer.from(JSON.stringify(span)),
  }
}

const FAILED = [text('code_exec.outcome', 'error'), text('error.type', ERROR_TYPE)]
const EXCEPTION = [text('exception.type', ERROR_TYPE), text('exception.message', MESSAGE)]
const UNKNOWN = [
  ...EXCEPTION,
  { key: 'code_exec.success', value: { boolValue: false } },
  // What held around it is not known, so nothing is claimed.
  text('code_exec.isolation', 'none'),
]

function text(key: string, value: string): KeyValue {
  return { key, value: { stringValue: value } }
}

function valueOf(attributes: readonly KeyValue[], wanted: string): string | undefined {
  const found = attributes.find(({ key }) => key === wanted)?.value['stringValue']
  return typeof found === 'string' ? found : undefined
}
