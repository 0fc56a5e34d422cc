/**
 * Spans and log records of the host program, taken from the SDK as OTLP/JSON the moment they end: a processor with a
 * queue could lose them.
 */
import type { InstrumentationScope } from '@opentelemetry/core'
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { SpanProcessor } from '@opentelemetry/sdk-trace'
import type { Signal } from './delivery/otlp-client.ts'
import { logRecordJson, scopeJson, spanJson } from './record/otlp-json.ts'

/** One span or log record, ready for the outbox. */
export interface CapturedRecord {
  signal: Signal
  /** See `scopeJson`. */
  scope: string
  json: string
}

/** Emitted once through each global, to see that a record arrives; it goes no further. */
export const SELF_TEST = 'exectrail.self_test'

/** What both processors hand over. */
export type Capture = (record: CapturedRecord, name: string | undefined) => void

const LIFECYCLE = { forceFlush: () => Promise.resolve(), shutdown: () => Promise.resolve() }

export function capturingSpanProcessor(capture: Capture): SpanProcessor {
  const scopes = new ScopeCache()
  return {
    ...LIFECYCLE,
    onStart: () => undefined,
    onEnd(span) {
      const scope = scopes.jsonOf(span.instrumentationScope)
      capture({ signal: 'spans', scope, json: spanJson(span) }, span.name)
    },
  }
}

export function capturingLogRecordProcessor(capture: Capture): LogRecordProcessor {
  const scopes = new ScopeCache()
  return {
    ...LIFECYCLE,
    onEmit(record) {
      const scope = scopes.jsonOf(record.instrumentationScope)
      capture({ signal: 'logs', scope, json: logRecordJson(record) }, record.eventName)
    },
  }
}

class ScopeCache {
  readonly #known = new WeakMap<InstrumentationScope, string>()

  jsonOf(scope: InstrumentationScope): string {
    const json = this.#known.get(scope) ?? scopeJson(scope)
    this.#known.set(scope, json)
    return json
  }
}
