/** The way of the records through this installation: what each part holds, passed on and lost. */
import type { Executor } from '../executor/executor.ts'
import type { CollectorMetrics, ExporterMetrics } from '../stack/collector/metrics.ts'
import { checkReadiness, type ReadinessView } from './check-readiness.ts'

/** Counts are of entries (a start, a completion, a span) since the start of the process that counts them. */
export interface PipelineView {
  executor: { id: string; running: number; waiting: number; begun: number; completed: number }
  outbox: {
    written: number
    sent: number
    retried: number
    /** Refused for good by the Collector. */
    dead: number
    /** Lost: there was no room for them. */
    dropped: number
    waitingBytes: number
    /** Of the oldest that waits, ms; null where nothing waits. */
    oldestMs: number | null
  }
  /** `external`: it runs elsewhere and its counts are not known here. */
  collector: { state: 'answers' | 'silent' | 'external'; accepted: number | null; refused: number | null }
  /** One for each exporter of the Collector. */
  sinks: readonly ExporterMetrics[]
  parts: ReadinessView
  /** Where SigNoz shows traces; null without one. */
  signozUrl: string | null
}

type Parts = Parameters<typeof checkReadiness>[0] & {
  executor: Pick<Executor, 'status'>
  collector: () => Promise<CollectorMetrics | null>
  signozUrl?: string | null
}

/** Reads all of it now. A part that does not answer is part of the answer. */
export async function viewPipeline(parts: Parts): Promise<PipelineView> {
  const [readiness, metrics] = await Promise.all([
    checkReadiness(parts),
    parts.collector().catch(() => 'silent' as const),
  ])
  const { executorId: id, running, waiting, trail } = parts.executor.status()
  const { begun, completed, written, sent, retried, dead, dropped, outboxBytes, oldestMs } = trail
  return {
    executor: { id, running, waiting, begun, completed },
    outbox: { written, sent, retried, dead, dropped, waitingBytes: outboxBytes, oldestMs },
    ...viewCollector(metrics),
    parts: readiness,
    signozUrl: parts.signozUrl ?? null,
  }
}

function viewCollector(
  metrics: CollectorMetrics | 'silent' | null,
): Pick<PipelineView, 'collector' | 'sinks'> {
  if (metrics === null || metrics === 'silent')
    return { collector: { state: metrics ?? 'external', accepted: null, refused: null }, sinks: [] }
  const { accepted, refused, exporters } = metrics
  return { collector: { state: 'answers', accepted, refused }, sinks: exporters }
}
