/** exectrail's own metrics by OTLP, beside the trail. They may be lost: the next export repeats the totals. */
import { diag, ValueType, type HrTime } from '@opentelemetry/api'
import { ExportResultCode, hrTime } from '@opentelemetry/core'
import type { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http'
import {
  AggregationTemporality,
  DataPointType,
  type MetricData,
  type ScopeMetrics,
} from '@opentelemetry/sdk-metrics'
import { urlOf, type Endpoint } from './delivery/otlp-client.ts'
import type { MetricFamily } from './metric-family.ts'
import { SCHEMA_URL, SCOPE } from './record/otlp-json.ts'
import { resourceOf } from './resource.ts'

export interface OwnMetricsOptions {
  serviceName: string
  executorId: string
  everyMs: number
  /** The OTLP/HTTP endpoint at this moment; null while there is none. */
  resolveEndpoint: () => Promise<Endpoint | null>
  read: () => Promise<readonly MetricFamily[]>
  /** Metrics of other instruments, exported with them. */
  collect?: () => Promise<readonly ScopeMetrics[]>
}

/**
 * Exports what `read` returns every `everyMs`, the first time after one interval, through the OpenTelemetry exporter
 * with its `OTEL_EXPORTER_OTLP_*` settings. A receiver that refuses metrics changes nothing else.
 */
export function startOwnMetrics(options: OwnMetricsOptions): { stop(): void } {
  const since = hrTime()
  let open: { url: string; exporter: OTLPMetricExporter } | null = null
  let isUnderWay = false
  const exportOnce = async (): Promise<void> => {
    const endpoint = await options.resolveEndpoint()
    if (endpoint === null) return
    if (open?.url !== endpoint.url) {
      await open?.exporter.shutdown()
      open = { url: endpoint.url, exporter: await openExporter(endpoint) }
    }
    const [families, others = []] = await Promise.all([options.read(), options.collect?.()])
    await exportFamilies(open.exporter, options, { since, families, others })
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
async function openExporter(endpoint: Endpoint): Promise<OTLPMetricExporter> {
  const { OTLPMetricExporter: Exporter } = await import('@opentelemetry/exporter-metrics-otlp-http')
  return new Exporter({ url: urlOf(endpoint, 'metrics', 'v1/metrics'), headers: { ...endpoint.headers } })
}

async function exportFamilies(
  exporter: OTLPMetricExporter,
  given: Pick<OwnMetricsOptions, 'serviceName' | 'executorId'>,
  {
    since,
    families,
    others,
  }: { since: HrTime; families: readonly MetricFamily[]; others: readonly ScopeMetrics[] },
): Promise<void> {
  const now = hrTime()
  const metrics = families.map((family) => toMetricData(family, since, now))
  const scope = { name: SCOPE, schemaUrl: SCHEMA_URL }
  await new Promise<void>((resolve, reject) => {
    exporter.export(
      { resource: resourceOf(given), scopeMetrics: [{ scope, metrics }, ...others] },
      ({ code, error }) => {
        if (code === ExportResultCode.SUCCESS) resolve()
        else reject(error ?? new Error('the export failed'))
      },
    )
  })
}

function toMetricData(
  { name, type, help, samples }: MetricFamily,
  startTime: HrTime,
  endTime: HrTime,
): MetricData {
  const [, plain = name, unit] = /^(.*?)(?:_(bytes|seconds))?(?:_total)?$/u.exec(name) ?? []
  const shared = {
    descriptor: {
      name: `exectrail.${plain}`,
      description: help,
      unit: unit === undefined ? '1' : (UNITS[unit] ?? '1'),
      valueType: ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPoints: samples.map(({ labels, value }) => ({
      startTime,
      endTime,
      attributes: { ...labels },
      value,
    })),
  }
  return type === 'counter'
    ? { ...shared, dataPointType: DataPointType.SUM, isMonotonic: true }
    : { ...shared, dataPointType: DataPointType.GAUGE }
}

/** UCUM, as OpenTelemetry writes units. */
const UNITS: Readonly<Record<string, string>> = { bytes: 'By', seconds: 's' }
