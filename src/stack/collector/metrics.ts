/** The Collector's own metrics, read from its Prometheus endpoint. */
// The text is parsed here: parse-prometheus-text-format, the one parser on npm, has had no release since 2024.

/** One exporter and signal, e.g. `clickhouse/completed` and `log_records`. Counts are since the Collector's start. */
export interface ExporterMetrics {
  exporter: string
  signal: string
  /** Bytes waiting in its queue, and how many it may hold. */
  queueBytes: number
  queueCapacityBytes: number
  sent: number
  /** Given up on: the sink refused for good. */
  failed: number
  /** Refused by the full or broken queue; the sender tries again. */
  refused: number
}

export interface CollectorMetrics {
  /** Spans and log records taken in, and refused. */
  accepted: number
  refused: number
  exporters: readonly ExporterMetrics[]
  memoryBytes: number | null
}

interface Sample {
  name: string
  labels: Readonly<Record<string, string>>
  value: number
}

/**
 * Reads the metrics at `url` (an `Endpoints.collectorMetrics`).
 * @throws Error when nothing answers there within 2 s.
 */
export async function readCollectorMetrics(url: string): Promise<CollectorMetrics> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(2_000) })
  if (!response.ok) throw new Error(`${url}/metrics answered ${response.status}`)
  return parseCollectorMetrics(await response.text())
}

/** Parses the Prometheus text format. */
function parseCollectorMetrics(text: string): CollectorMetrics {
  const samples = text.split('\n').flatMap(parseSample)
  const memory = samples.find((sample) => sample.name.startsWith('otelcol_process_memory_rss'))
  return {
    accepted: sumOf(samples, 'otelcol_receiver_accepted_'),
    refused: sumOf(samples, 'otelcol_receiver_refused_') + sumOf(samples, 'otelcol_receiver_failed_'),
    exporters: samples
      .filter((sample) => sample.name.startsWith('otelcol_exporter_queue_capacity'))
      .map((capacity) => describeExporter(capacity, samples)),
    memoryBytes: memory?.value ?? null,
  }
}

const SIGNALS: Readonly<Record<string, string>> = { traces: 'spans', metrics: 'metric_points' }

function describeExporter(capacity: Sample, samples: readonly Sample[]): ExporterMetrics {
  const { exporter = '', data_type: type = '' } = capacity.labels
  const signal = SIGNALS[type] ?? 'log_records'
  const own = samples.filter((sample) => sample.labels['exporter'] === exporter)
  const ownQueue = own.filter((sample) => sample.labels['data_type'] === type)
  return {
    exporter,
    signal,
    queueBytes: sumOf(ownQueue, 'otelcol_exporter_queue_size'),
    queueCapacityBytes: capacity.value,
    sent: sumOf(own, `otelcol_exporter_sent_${signal}`),
    failed: sumOf(own, `otelcol_exporter_send_failed_${signal}`),
    refused: sumOf(own, `otelcol_exporter_enqueue_failed_${signal}`),
  }
}

function parseSample(line: string): Sample[] {
  const match = /^(?<name>[a-z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)/iu.exec(line)
  if (match?.groups === undefined) return []
  const labels = [...(match.groups['labels'] ?? '').matchAll(/(?<key>\w+)="(?<text>(?:[^"\\]|\\.)*)"/gu)]
  return [
    {
      name: match.groups['name'] ?? '',
      labels: Object.fromEntries(labels.map((label) => [label.groups?.['key'], label.groups?.['text']])),
      value: Number(match.groups['value']),
    },
  ]
}

function sumOf(samples: readonly Sample[], prefix: string): number {
  return samples
    .filter((sample) => sample.name.startsWith(prefix))
    .reduce((total, sample) => total + sample.value, 0)
}
