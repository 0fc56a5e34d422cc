/** What the Collector tells of itself, passed on beside our own counters. */
import type { CollectorMetrics, ExporterMetrics } from '../embedded/otelcol/metrics.ts'
import { family, label, type Sample } from './prometheus.ts'

type Counted = Exclude<keyof ExporterMetrics, 'exporter' | 'signal'>

const OF_EXPORTERS: readonly [name: string, type: 'counter' | 'gauge', help: string, field: Counted][] = [
  ['queue_bytes', 'gauge', 'Bytes that wait for this sink', 'queueBytes'],
  ['queue_capacity_bytes', 'gauge', 'Bytes that may wait for this sink', 'queueCapacityBytes'],
  ['sent_total', 'counter', 'Records this sink took', 'sent'],
  ['failed_total', 'counter', 'Records this sink refused for good', 'failed'],
  ['refused_total', 'counter', 'Records the full or broken queue refused; they are sent again', 'refused'],
]

/** The Collector's lines; `exectrail_collector_up` is 0 alone where it did not answer. */
export function collectorLines(metrics: CollectorMetrics | 'silent'): string[] {
  const up = family('collector_up', 'gauge', 'Whether the Collector told its own metrics', [
    ['', metrics === 'silent' ? 0 : 1],
  ])
  if (metrics === 'silent') return up
  const { accepted, refused, memoryBytes, exporters } = metrics
  return [
    ...up,
    ...family('collector_accepted_total', 'counter', 'Records the Collector took in', [['', accepted]]),
    ...family('collector_refused_total', 'counter', 'Records the Collector did not take in', [['', refused]]),
    ...family(
      'collector_memory_bytes',
      'gauge',
      'Memory of the Collector',
      memoryBytes === null ? [] : [['', memoryBytes]],
    ),
    ...OF_EXPORTERS.flatMap(([name, type, help, field]) =>
      family(
        `collector_exporter_${name}`,
        type,
        help,
        exporters.map((exporter) => sampleOf(exporter, field)),
      ),
    ),
  ]
}

function sampleOf(exporter: ExporterMetrics, field: Counted): Sample {
  return [`${label('exporter', exporter.exporter)},${label('signal', exporter.signal)}`, exporter[field]]
}
