/** The histogram `gen_ai.execute_tool.duration` of OpenTelemetry's GenAI conventions. */
import type { Histogram } from '@opentelemetry/api'
import { MeterProvider, MetricReader, type ScopeMetrics } from '@opentelemetry/sdk-metrics'
import type { ErrorType } from '../record/values.ts'
import { SCHEMA_URL, SCOPE } from './record/otlp-json.ts'
import type { ToolCallAttributes } from './record/tool-call.ts'

/** Seconds: those the conventions give, and finer ones below, where warm runs are. */
const BOUNDARIES = [
  0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
]

/** Collects when it is asked. */
class OnDemandReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve()
  }
  protected override onShutdown(): Promise<void> {
    return Promise.resolve()
  }
}

export class ToolCallDurations {
  readonly #reader = new OnDemandReader()
  readonly #histogram: Histogram

  constructor() {
    const meters = new MeterProvider({ readers: [this.#reader] })
    this.#histogram = meters
      .getMeter(SCOPE, undefined, { schemaUrl: SCHEMA_URL })
      .createHistogram('gen_ai.execute_tool.duration', {
        unit: 's',
        description: 'From the call to its end, waiting included',
        advice: { explicitBucketBoundaries: BOUNDARIES },
      })
  }

  record(seconds: number, call: ToolCallAttributes, errorType: ErrorType | null): void {
    this.#histogram.record(seconds, errorType === null ? call : { ...call, 'error.type': errorType })
  }

  /** All since the start. */
  async collect(): Promise<readonly ScopeMetrics[]> {
    return (await this.#reader.collect()).resourceMetrics.scopeMetrics
  }
}
