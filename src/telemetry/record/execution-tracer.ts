/** Spans of executions: made by the SDK, and handed back as OTLP/JSON when they end. */
import type { Context, HrTime, Span, SpanOptions, Tracer } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import { AlwaysOnSampler, TracerProvider, type SpanProcessor } from '@opentelemetry/sdk-trace'
import { SCHEMA_URL, SCOPE, spanJson } from './otlp-json.ts'

export class ExecutionTracer {
  readonly #tracer: Tracer
  #ended = ''

  /** @param more processors of the host program, after the outbox's own */
  constructor(resource: Resource, more: readonly SpanProcessor[]) {
    const provider = new TracerProvider({
      resource,
      // Every execution leaves its span, whatever the caller's own sampling decided.
      sampler: new AlwaysOnSampler(),
      spanProcessors: [
        {
          onStart: () => undefined,
          onEnd: (span) => {
            this.#ended = spanJson(span)
          },
          forceFlush: () => Promise.resolve(),
          shutdown: () => Promise.resolve(),
        },
        ...more,
      ],
    })
    this.#tracer = provider.getTracer(SCOPE, undefined, { schemaUrl: SCHEMA_URL })
  }

  start(name: string, options: SpanOptions, parent: Context): Span {
    return this.#tracer.startSpan(name, options, parent)
  }

  /** Ends a span of this tracer and gives it as an OTLP/JSON Span. */
  end(span: Span, time: HrTime): string {
    span.end(time)
    return this.#ended
  }
}
