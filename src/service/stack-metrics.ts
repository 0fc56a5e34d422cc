/** The supervised parts as metrics, and what the Collector tells of itself, passed on beside our own. */
import type { CollectorMetrics, ExporterMetrics } from '../stack/collector/metrics.ts'
import type { ComponentStatus } from '../stack/stack.ts'
import { single, type MetricFamily } from '../telemetry/metric-family.ts'
import { serves } from './check-readiness.ts'

interface Sources {
  /** State of the supervised parts; empty where none is supervised. */
  parts: () => readonly ComponentStatus[]
  /** The Collector's own metrics; null where it is not ours to ask. Rejects when it does not answer. */
  collector: () => Promise<CollectorMetrics | null>
}

/** Parts and Collector; of a Collector that does not answer, that alone. */
export async function stackMetrics({ parts, collector }: Sources): Promise<MetricFamily[]> {
  const told = await collector().catch(() => 'silent' as const)
  return [...partMetrics(parts()), ...(told === null ? [] : collectorMetrics(told))]
}

function partMetrics(parts: readonly ComponentStatus[]): MetricFamily[] {
  const perPart = (valueOf: (part: ComponentStatus) => number): MetricFamily['samples'] =>
    parts.map((part) => ({ labels: { part: part.name }, value: valueOf(part) }))
  return [
    {
      name: 'part_ready',
      type: 'gauge',
      help: 'Whether a part of the stack serves',
      samples: perPart((part) => (serves(part) ? 1 : 0)),
    },
    {
      name: 'part_restarts_total',
      type: 'counter',
      help: 'Restarts of a part of the stack',
      samples: perPart((part) => part.restarts),
    },
  ]
}

type Counted = Exclude<keyof ExporterMetrics, 'exporter' | 'signal'>

const OF_EXPORTERS: readonly [name: string, type: MetricFamily['type'], help: string, field: Counted][] = [
  ['queue_bytes', 'gauge', 'Bytes that wait for this sink', 'queueBytes'],
  ['queue_capacity_bytes', 'gauge', 'Bytes that may wait for this sink', 'queueCapacityBytes'],
  ['sent_total', 'counter', 'Records this sink took', 'sent'],
  ['failed_total', 'counter', 'Records this sink refused for good', 'failed'],
  ['refused_total', 'counter', 'Records the full or broken queue refused; they are sent again', 'refused'],
]

function collectorMetrics(metrics: CollectorMetrics | 'silent'): MetricFamily[] {
  const up = single(
    'collector_up',
    'gauge',
    'Whether the Collector told its own metrics',
    metrics === 'silent' ? 0 : 1,
  )
  if (metrics === 'silent') return [up]
  const { accepted, refused, memoryBytes, exporters } = metrics
  const memory = single('collector_memory_bytes', 'gauge', 'Memory of the Collector', memoryBytes ?? 0)
  return [
    up,
    single('collector_accepted_total', 'counter', 'Records the Collector took in', accepted),
    single('collector_refused_total', 'counter', 'Records the Collector did not take in', refused),
    ...(memoryBytes === null ? [] : [memory]),
    ...OF_EXPORTERS.map(([name, type, help, field]) => ({
      name: `collector_exporter_${name}`,
      type,
      help,
      samples: exporters.map((one) => ({
        labels: { exporter: one.exporter, signal: one.signal },
        value: one[field],
      })),
    })),
  ]
}
