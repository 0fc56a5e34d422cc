/** The Prometheus text format. */

export type Sample = readonly [labels: string, value: number]

/** One metric with its samples; labels are already escaped; none without samples. */
export function family(
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  samples: readonly Sample[],
): string[] {
  if (samples.length === 0) return []
  const full = `exectrail_${name}`
  const values = samples.map(([labels, value]) => `${full}${labels === '' ? '' : `{${labels}}`} ${value}`)
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${type}`, ...values]
}

/** A label with its value escaped. */
export function label(name: string, value: string): string {
  const escaped = value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
  return `${name}="${escaped}"`
}
