/** One metric of exectrail's own with its samples, for `/metrics` and for OTLP alike. */
export interface MetricFamily {
  /** Without `exectrail_`; a counter ends in `_total`, after its unit: `_bytes`, `_seconds`. */
  name: string
  /** A counter only rises, from 0 at the start of what it counts. */
  type: 'counter' | 'gauge'
  help: string
  samples: readonly MetricSample[]
}

export interface MetricSample {
  labels: Readonly<Record<string, string>>
  value: number
}

/** A metric of one sample without labels. */
export function single(name: string, type: MetricFamily['type'], help: string, value: number): MetricFamily {
  return { name, type, help, samples: [{ labels: {}, value }] }
}
