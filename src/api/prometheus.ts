import type { MetricFamily, MetricSample } from '../telemetry/metric-family.ts'

/** The Prometheus text format; a metric without samples is left out. */
export function prometheusText(families: readonly MetricFamily[]): string {
  const lines = families.filter(({ samples }) => samples.length > 0).flatMap(linesOf)
  return `${lines.join('\n')}\n`
}

function linesOf({ name, type, help, samples }: MetricFamily): string[] {
  const full = `exectrail_${name}`
  return [
    `# HELP ${full} ${help}`,
    `# TYPE ${full} ${type}`,
    ...samples.map(({ labels, value }) => `${full}${labelsOf(labels)} ${value}`),
  ]
}

function labelsOf(labels: MetricSample['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escape(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
