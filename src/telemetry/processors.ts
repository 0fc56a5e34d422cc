/** The end of the SDK's pipelines: every span and log record becomes an entry at once, so that there is no queue to lose. */
import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import { logRecordJson, spanJson } from './otlp-json.ts'
import type { Entry } from './outbox/frames.ts'

/** Emitted at the start to see that a record passes; goes nowhere. */
export const SELF_TEST_EVENT = 'exectrail.self_test'

export interface Sink {
  /** Takes an entry made of a span or a log record. */
  take(entry: Entry): void
  /** A self-test record came through. */
  passed(): void
}

export function outboxSpanProcessor(sink: Sink): SpanProcessor {
  return {
    onStart: () => undefined,
    onEnd: (span: ReadableSpan) => sink.take({ kind: 'S', executionId: '', json: spanJson(span) }),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  }
}

export function outboxLogRecordProcessor(sink: Sink): LogRecordProcessor {
  return {
    onEmit(record: ReadableLogRecord) {
      if (record.eventName === SELF_TEST_EVENT) sink.passed()
      else sink.take({ kind: 'L', executionId: '', json: logRecordJson(record) })
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  }
}
