/** Metrics of the supervised components and of the Collector. */
import type { CollectorMetrics, ExporterMetrics } from '../stack/collector/metrics.ts'
import type { ComponentStatus } from '../stack/stack.ts'
import type { Metrics, Observed } from '../telemetry/metrics/metrics.ts'
import { isServing } from './check-readiness.ts'

interface Sources {
  /** State of the supervised components; empty when there are none. */
  components: () => readonly ComponentStatus[]
  /** The Collector's own metrics; null for an external Collector. Rejects when it does not answer. */
  collector: () => Promise<CollectorMetrics | null>
}

/** ObisServing the components and the Collector. For a Collector that does not answer, only `collector_up`, which is 0. */
export function observeStack(metrics: Metrics, { components, collector }: Sources): void {
  metrics.observe(COMPONENT_METRICS, () =>
    components().map((state) => ({ attributes: { part: state.name }, state })),
  )
  metrics.observe(COLLECTOR_METRICS, async () => {
    const answer = await collector().catch(() => 'unreachable' as const)
    if (answer === null) return []
    const exporters = answer === 'unreachable' ? [] : answer.exporters
    return [
      { attributes: {}, state: { collector: answer, exporter: null } },
      ...exporters.map((exporter) => ({
        attributes: { exporter: exporter.exporter, signal: exporter.signal },
        state: { collector: null, exporter },
      })),
    ]
  })
}

const COMPONENT_METRICS: readonly Observed<ComponentStatus>[] = [
  {
    kind: 'gauge',
    name: 'part_ready',
    description: 'Whether a component of the stack works',
    of: (component) => (isServing(component) ? 1 : 0),
  },
  {
    kind: 'counter',
    name: 'part_restarts',
    description: 'Restarts of a component of the stack',
    of: ({ restarts }) => restarts,
  },
]

/** State of the Collector, or of one of its exporters. */
type CollectorState =
  | { collector: CollectorMetrics | 'unreachable'; exporter: null }
  | { collector: null; exporter: ExporterMetrics }

const COLLECTOR_METRICS: readonly Observed<CollectorState>[] = [
  {
    kind: 'gauge',
    name: 'collector_up',
    description: 'Whether the Collector answers with its own metrics',
    of: ({ collector }) => (collector === null ? null : Number(collector !== 'unreachable')),
  },
  collectorMetric(
    'counter',
    'accepted',
    'Records that the Collector accepted',
    (metrics) => metrics.accepted,
  ),
  collectorMetric('counter', 'refused', 'Records that the Collector refused', (metrics) => metrics.refused),
  {
    ...collectorMetric('gauge', 'memory', 'Memory of the Collector', ({ memoryBytes }) => memoryBytes),
    unit: 'By',
  },
  { ...exporterMetric('gauge', 'queue', 'Bytes that wait for this sink', 'queueBytes'), unit: 'By' },
  {
    ...exporterMetric('gauge', 'queue_capacity', 'Bytes that may wait for this sink', 'queueCapacityBytes'),
    unit: 'By',
  },
  exporterMetric('counter', 'sent', 'Records that this sink accepted', 'sent'),
  exporterMetric('counter', 'failed', 'Records that this sink rejected permanently', 'failed'),
  exporterMetric(
    'counter',
    'refused',
    'Records that a full or broken queue refused; they are sent again',
    'refused',
  ),
]

function collectorMetric(
  kind: Observed<CollectorState>['kind'],
  name: string,
  description: string,
  of: (metrics: CollectorMetrics) => number | null,
): Observed<CollectorState> {
  return {
    kind,
    name: `collector_${name}`,
    description,
    of: ({ collector }) => (collector === null || collector === 'unreachable' ? null : of(collector)),
  }
}

function exporterMetric(
  kind: Observed<CollectorState>['kind'],
  name: string,
  description: string,
  field: Exclude<keyof ExporterMetrics, 'exporter' | 'signal'>,
): Observed<CollectorState> {
  return {
    kind,
    name: `collector_exporter_${name}`,
    description,
    of: ({ exporter }) => exporter?.[field] ?? null,
  }
}
