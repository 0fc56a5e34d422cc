import { context, trace } from '@opentelemetry/api'
import type { ExecutionRecord } from '../../src/execution.ts'
import type { Trail } from '../../src/telemetry/trail.ts'

export interface RecordingTrail extends Trail {
  completed: ExecutionRecord[]
  /** Trace ids of the parents of executions; null where there was none. */
  parents: (string | null)[]
}

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const SPAN_ID = 'b7ad6b7169203331'

/** A trail that keeps what it is given and sends nothing. */
export function recordingTrail(): RecordingTrail {
  const completed: ExecutionRecord[] = []
  const parents: (string | null)[] = []
  const nothingLeft = () => Promise.resolve({ left: 0 })
  return {
    completed,
    parents,
    begin(_record, call) {
      parents.push(trace.getSpanContext(call?.parent ?? context.active())?.traceId ?? null)
      return {
        traceId: TRACE_ID,
        spanId: SPAN_ID,
        traceparent: `00-${TRACE_ID}-${SPAN_ID}-01`,
        complete: (record) => void completed.push(record),
      }
    },
    flush: nothingLeft,
    shutdown: nothingLeft,
    status: () => ({
      begun: parents.length,
      completed: completed.length,
      written: 0,
      sent: 0,
      retried: 0,
      dead: 0,
      dropped: 0,
      adopted: 0,
      corrupt: 0,
      appends: { count: 0, totalMs: 0, longestMs: 0 },
      outboxBytes: 0,
      heldBytes: 0,
      oldestMs: null,
      lastError: null,
    }),
  }
}
