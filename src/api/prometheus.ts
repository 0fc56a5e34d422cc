/** The Prometheus text format, by OpenTelemetry's own serializer, without its HTTP server. */
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics'

const SUFFIXES: Readonly<Record<string, string>> = { By: '_bytes', s: '_seconds' }

const serializer = new PrometheusSerializer(undefined, false, undefined, true, true)

/** Without `target_info` and labels of the scope: one process is one target. */
export function prometheusText({ resource, scopeMetrics }: ResourceMetrics): string {
  const named = scopeMetrics.map(({ scope, metrics }) => ({ scope, metrics: metrics.map(withUnitInName) }))
  return serializer.serialize({ resource, scopeMetrics: named })
}

/** As the conventions of Prometheus have it; the serializer leaves units out of names. */
function withUnitInName(metric: MetricData): MetricData {
  const { name, unit } = metric.descriptor
  return { ...metric, descriptor: { ...metric.descriptor, name: name + (SUFFIXES[unit] ?? ''), unit: '' } }
}
