/** The histogram `gen_ai.execute_tool.duration` of OpenTelemetry's GenAI conventions. */
import type { Histogram, Meter } from '@opentelemetry/api'
import type { ErrorType } from '../../record/values.ts'
import type { ToolCallAttributes } from '../record/tool-call.ts'

/** Seconds: those the conventions give, and finer ones below, where warm runs are. */
const BOUNDARIES = [
  0.0025, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
]

export class ToolCallDurations {
  readonly #histogram: Histogram

  constructor(meter: Meter) {
    this.#histogram = meter.createHistogram('gen_ai.execute_tool.duration', {
      unit: 's',
      description: 'From the call to its end, waiting included',
      advice: { explicitBucketBoundaries: BOUNDARIES },
    })
  }

  record(seconds: number, call: ToolCallAttributes, errorType: ErrorType | null): void {
    this.#histogram.record(seconds, errorType === null ? call : { ...call, 'error.type': errorType })
  }
}
