/** The supervised parts as metrics, and what the Collector measures of itself, passed on beside our own. */
import type { CollectorMetrics, ExporterMetrics } from '../stack/collector/metrics.ts'
import type { ComponentStatus } from '../stack/stack.ts'
import type { Metrics, Observed } from '../telemetry/metrics/metrics.ts'
import { serves } from './check-readiness.ts'

interface Sources {
  /** State of the supervised parts; empty where none is supervised. */
  parts: () => readonly ComponentStatus[]
  /** The Collector's own metrics; null where it is not ours to ask. Rejects when it does not answer. */
  collector: () => Promise<CollectorMetrics | null>
}

/** Observes parts and Collector; of a Collector that does not answer, that alone. */
export function observeStack(metrics: Metrics, { parts, collector }: Sources): void {
  metrics.observe(OF_PARTS, () => parts().map((state) => ({ attributes: { part: state.name }, state })))
  metrics.observe(OF_COLLECTOR, async () => {
    const answer = await collector().catch(() => 'silent' as const)
    if (answer === null) return []
    const exporters = answer === 'silent' ? [] : answer.exporters
    return [
      { attributes: {}, state: { collector: answer, exporter: null } },
      ...exporters.map((exporter) => ({
        attributes: { exporter: exporter.exporter, signal: exporter.signal },
        state: { collector: null, exporter },
      })),
    ]
  })
}

const OF_PARTS: readonly Observed<ComponentStatus>[] = [
  {
    kind: 'gauge',
    name: 'part_ready',
    description: 'Whether a part of the stack serves',
    of: (part) => (serves(part) ? 1 : 0),
  },
  {
    kind: 'counter',
    name: 'part_restarts',
    description: 'Restarts of a part of the stack',
    of: ({ restarts }) => restarts,
  },
]

/** Of the Collector as a whole, or of one exporter of it. */
type Answer =
  | { collector: CollectorMetrics | 'silent'; exporter: null }
  | { collector: null; exporter: ExporterMetrics }

const OF_COLLECTOR: readonly Observed<Answer>[] = [
  {
    kind: 'gauge',
    name: 'collector_up',
    description: 'Whether the Collector answers with its own metrics',
    of: ({ collector }) => (collector === null ? null : Number(collector !== 'silent')),
  },
  ofWhole('counter', 'accepted', 'Records the Collector took in', (whole) => whole.accepted),
  ofWhole('counter', 'refused', 'Records the Collector did not take in', (whole) => whole.refused),
  {
    ...ofWhole('gauge', 'memory', 'Memory of the Collector', ({ memoryBytes }) => memoryBytes),
    unit: 'By',
  },
  { ...ofExporter('gauge', 'queue', 'Bytes that wait for this sink', 'queueBytes'), unit: 'By' },
  {
    ...ofExporter('gauge', 'queue_capacity', 'Bytes that may wait for this sink', 'queueCapacityBytes'),
    unit: 'By',
  },
  ofExporter('counter', 'sent', 'Records this sink took', 'sent'),
  ofExporter('counter', 'failed', 'Records this sink refused for good', 'failed'),
  ofExporter(
    'counter',
    'refused',
    'Records the full or broken queue refused; they are sent again',
    'refused',
  ),
]

function ofWhole(
  kind: Observed<Answer>['kind'],
  name: string,
  description: string,
  of: (metrics: CollectorMetrics) => number | null,
): Observed<Answer> {
  return {
    kind,
    name: `collector_${name}`,
    description,
    of: ({ collector }) => (collector === null || collector === 'silent' ? null : of(collector)),
  }
}

function ofExporter(
  kind: Observed<Answer>['kind'],
  name: string,
  description: string,
  field: Exclude<keyof ExporterMetrics, 'exporter' | 'signal'>,
): Observed<Answer> {
  return {
    kind,
    name: `collector_exporter_${name}`,
    description,
    of: ({ exporter }) => exporter?.[field] ?? null,
  }
}
