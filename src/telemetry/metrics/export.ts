/** exectrail's own metrics by OTLP, beside the trail. They may be lost: the next export repeats the totals. */
import { diag } from '@opentelemetry/api'
import { ExportResultCode } from '@opentelemetry/core'
import type { OTLPMetricExporterBase } from '@opentelemetry/exporter-metrics-otlp-http'
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics'
import { httpSettings } from '../delivery/http-settings.ts'
import type { Endpoint } from '../delivery/otlp-client.ts'
import type { Metrics } from './metrics.ts'

export interface MetricsExportOptions {
  everyMs: number
  /** The OTLP/HTTP endpoint at this moment; null while there is none. */
  resolveEndpoint: () => Promise<Endpoint | null>
  metrics: Metrics
}

/**
 * Exports the metrics every `everyMs`, the first time after one interval, through the OpenTelemetry exporter
 * with its `OTEL_EXPORTER_OTLP_*` settings. A receiver that refuses metrics changes nothing else.
 */
export function startMetricsExport(options: MetricsExportOptions): { stop(): void } {
  let open: { url: string; exporter: OTLPMetricExporterBase } | null = null
  let isUnderWay = false
  const exportOnce = async (): Promise<void> => {
    const endpoint = await options.resolveEndpoint()
    if (endpoint === null) return
    if (open?.url !== endpoint.url) {
      await open?.exporter.shutdown()
      open = { url: endpoint.url, exporter: await openExporter(endpoint) }
    }
    await exportMetrics(open.exporter, await options.metrics.collect())
  }
  const timer = setInterval(() => {
    if (isUnderWay) return
    isUnderWay = true
    exportOnce()
      .catch((error: unknown) => diag.debug('exectrail: its own metrics were not accepted', error))
      .finally(() => {
        isUnderWay = false
      })
  }, options.everyMs)
  timer.unref()
  return {
    stop() {
      clearInterval(timer)
      void open?.exporter.shutdown()
    },
  }
}

/** Loaded late: a program that ends before the first export does not wait for it. */
async function openExporter(endpoint: Endpoint): Promise<OTLPMetricExporterBase> {
  const [{ OTLPMetricExporterBase: Exporter }, transformer, base] = await Promise.all([
    import('@opentelemetry/exporter-metrics-otlp-http'),
    import('@opentelemetry/otlp-transformer'),
    import('@opentelemetry/otlp-exporter-base/node-http'),
  ])
  const settings = httpSettings(endpoint, 'metrics')
  return new Exporter(
    base.createOtlpHttpExportDelegate(
      settings,
      settings.encoding === 'json'
        ? transformer.JsonMetricsSerializer
        : transformer.ProtobufMetricsSerializer,
      'otlp_http_metric_exporter',
      transformer.MetricsExporterMetricsHelper,
      undefined,
    ),
  )
}

function exportMetrics(exporter: OTLPMetricExporterBase, metrics: ResourceMetrics): Promise<void> {
  return new Promise((resolve, reject) => {
    exporter.export(metrics, ({ code, error }) => {
      if (code === ExportResultCode.SUCCESS) resolve()
      else reject(error ?? new Error('the export failed'))
    })
  })
}
