/** The end of the SDK's pipelines: every span and log record is taken at once, so that there is no queue to lose. */
import type { Context } from '@opentelemetry/api'
import type { InstrumentationScope } from '@opentelemetry/core'
import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace'
import type { Signal } from './delivery/otlp-client.ts'
import { EXECTRAIL_SCOPE, logRecordJson, SCOPE, scopeJson, spanJson } from './record/otlp-json.ts'

/** Emitted at the start to see that a record passes; goes nowhere. */
export const SELF_TEST_EVENT = 'exectrail.self_test'

/** One span or log record, ready to be kept. */
export interface Taken {
  signal: Signal
  /** See `scopeJson`. */
  scope: string
  json: string
}

export interface Sink {
  take(taken: Taken): void
  /** A self-test record came through. */
  passed(): void
}

export function outboxSpanProcessor(sink: Sink): SpanProcessor {
  const scopes = new ScopeTexts()
  return {
    onStart: () => undefined,
    onEnd(span: ReadableSpan) {
      if (span.name === SELF_TEST_EVENT) sink.passed()
      else sink.take({ signal: 'spans', scope: scopes.of(span.instrumentationScope), json: spanJson(span) })
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  }
}

export function outboxLogRecordProcessor(sink: Sink): LogRecordProcessor {
  const scopes = new ScopeTexts()
  return {
    onEmit(record: ReadableLogRecord, context?: Context) {
      if (record.eventName === SELF_TEST_EVENT) sink.passed()
      else {
        const scope = scopes.of(record.instrumentationScope)
        sink.take({ signal: 'logs', scope, json: logRecordJson(record, context) })
      }
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  }
}

class ScopeTexts {
  readonly #known = new WeakMap<InstrumentationScope, string>()

  of(scope: InstrumentationScope): string {
    const known = this.#known.get(scope)
    if (known !== undefined) return known
    const text = scope.name === SCOPE ? EXECTRAIL_SCOPE : scopeJson(scope)
    this.#known.set(scope, text)
    return text
  }
}
