/** The completion that an adopter sends for an execution whose executor is gone. */
import { SpanStatusCode } from '@opentelemetry/api'
import { FIELDS } from '../../record/fields.ts'
import type { StoredFrame } from '../outbox/frames.ts'
import { PARENT_KEY } from './execution-entry.ts'
import { COMPLETED_EVENT, ERROR, SPAN_START_KEYS } from './serialize.ts'

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

const MESSAGE = 'the process that ran this execution ended before it did, so its outcome is unknown'
const ERROR_TYPE = 'executor_crashed'
/** SPAN_KIND_INTERNAL; the protocol counts kinds from 1. */
const KIND_INTERNAL = 1

/**
 * Completes a start that has no completion: all that was known then, `outcome: error`,
 * `error.type: executor_crashed`, ended at the executor's last heartbeat. Made again from the same start it is the
 * same. The store prefers the true completion when that arrives as well.
 */
export function crashCompletion(start: StoredFrame, lastHeartbeatMs: number): StoredFrame {
  const record: LogRecordJson = JSON.parse(start.first.toString('utf8'))
  const rest: KeyValue[] = JSON.parse(start.second.toString('utf8'))
  const known = [...record.attributes, ...rest]
  const startedAt = textOf(known, FIELDS.startedAt.attribute) ?? '0'
  const lastSeen = BigInt(Math.round(Math.max(lastHeartbeatMs, start.writtenMs))) * 1_000_000n
  const endedAt = lastSeen > BigInt(startedAt) ? `${lastSeen}` : startedAt
  const log = {
    ...record,
    severityNumber: ERROR.number,
    severityText: ERROR.text,
    timeUnixNano: endedAt,
    observedTimeUnixNano: endedAt,
    eventName: COMPLETED_EVENT,
    body: { stringValue: COMPLETED_EVENT },
    attributes: [...known.filter(({ key }) => key !== PARENT_KEY), ...FAILED, ...UNKNOWN],
  }
  const span = {
    traceId: record.traceId,
    spanId: record.spanId,
    parentSpanId: textOf(known, PARENT_KEY),
    flags: record.flags,
    name: `execute_code ${textOf(known, FIELDS.runtime.attribute) ?? 'unknown'}`,
    kind: KIND_INTERNAL,
    startTimeUnixNano: startedAt,
    endTimeUnixNano: endedAt,
    attributes: [...known.filter(({ key }) => SPAN_START_KEYS.has(key)), ...FAILED],
    events: [{ name: 'exception', timeUnixNano: endedAt, attributes: EXCEPTION }],
    status: { code: SpanStatusCode.ERROR, message: MESSAGE },
  }
  return {
    ...start,
    kind: 'C',
    first: Buffer.from(JSON.stringify(log)),
    second: Buffer.from(JSON.stringify(span)),
  }
}

const FAILED = [text(FIELDS.outcome.attribute, 'error'), text(FIELDS.errorType.attribute, ERROR_TYPE)]
const EXCEPTION = [text('exception.type', ERROR_TYPE), text(FIELDS.errorMessage.attribute, MESSAGE)]
const UNKNOWN = [
  ...EXCEPTION,
  { key: FIELDS.success.attribute, value: { boolValue: false } },
  // Which isolation held is unknown, so none is claimed.
  text(FIELDS.isolation.attribute, 'none'),
]

function text(key: string, value: string): KeyValue {
  return { key, value: { stringValue: value } }
}

function textOf(attributes: readonly KeyValue[], wanted: string): string | undefined {
  const found = attributes.find(({ key }) => key === wanted)?.value['stringValue']
  return typeof found === 'string' ? found : undefined
}
