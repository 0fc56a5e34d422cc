import type { Metrics, Observed } from '../telemetry/metrics/metrics.ts'
import type { TrailStatus } from '../telemetry/trail.ts'
import type { BlobsStatus } from '../blobs/blobs-status.ts'

/** State of the executor, for `/metrics`, `/readyz` and `doctor`. */
export interface ExecutorStatus {
  executorId: string
  running: number
  waiting: number
  trail: TrailStatus
  /** Null where whole content is not kept. */
  blobs: BlobsStatus | null
}

/** Observes the executor, its trail and its process. */
export function observeExecutor(metrics: Metrics, status: () => ExecutorStatus): void {
  metrics.observe([...COUNTERS, ...GAUGES], () => [{ attributes: {}, state: status() }])
}

const COUNTERS: readonly Observed<ExecutorStatus>[] = [
  counter('executions_started', 'Executions started', ({ trail }) => trail.begun),
  counter('executions_completed', 'Executions completed', ({ trail }) => trail.completed),
  counter('trail_written', 'Entries appended to the outbox', ({ trail }) => trail.written),
  counter('trail_sent', 'Entries delivered to the Collector', ({ trail }) => trail.sent),
  counter('trail_retried', 'Deliveries tried again', ({ trail }) => trail.retried),
  counter('trail_dead', 'Entries that the Collector rejected permanently', ({ trail }) => trail.dead),
  counter('trail_dropped', 'Entries that could not be kept', ({ trail }) => trail.dropped),
  counter('trail_adopted', 'Executions of crashed executors completed', ({ trail }) => trail.adopted),
  counter('trail_corrupt', 'Damaged places found in the outbox', ({ trail }) => trail.corrupt),
  counter('trail_appends', 'Writes to the outbox', ({ trail }) => trail.appends.count),
  counter('blobs_kept', 'Blobs put into the spool', ({ blobs }) => blobs?.kept ?? null),
  counter('blobs_sent', 'Blobs delivered to the store', ({ blobs }) => blobs?.sent ?? null),
  { ...counter('blobs_sent_size', 'Their content', ({ blobs }) => blobs?.sentBytes ?? null), unit: 'By' },
  counter('blobs_retried', 'Deliveries of blobs tried again', ({ blobs }) => blobs?.retried ?? null),
  counter('blobs_dropped', 'Blobs that could not be kept', ({ blobs }) => blobs?.dropped ?? null),
  {
    ...counter('trail_append', 'Time spent on these writes', ({ trail }) => trail.appends.totalMs / 1000),
    unit: 's',
  },
]

const GAUGES: readonly Observed<ExecutorStatus>[] = [
  gauge('1', 'executions_running', 'Executions running now', ({ running }) => running),
  gauge('1', 'executions_waiting', 'Executions waiting to run', ({ waiting }) => waiting),
  gauge('s', 'trail_append_longest', 'Longest write', ({ trail }) => trail.appends.longestMs / 1000),
  gauge('By', 'trail_outbox', 'Bytes waiting in the outbox', ({ trail }) => trail.outboxBytes),
  gauge('By', 'trail_held', 'Bytes held in memory because the disk is full', ({ trail }) => trail.heldBytes),
  gauge('s', 'trail_oldest', 'Age of the oldest waiting entry', ({ trail }) => (trail.oldestMs ?? 0) / 1000),
  gauge(
    '1',
    'blobs_waiting',
    'Blobs of this executor not in the store yet',
    ({ blobs }) => blobs?.waiting ?? null,
  ),
  gauge('By', 'blobs_spool', 'Bytes in the spool of this home', ({ blobs }) => blobs?.spoolBytes ?? null),
  gauge('By', 'process_resident_memory', 'Memory of this process', () => process.memoryUsage.rss()),
]

type Read = Observed<ExecutorStatus>['of']

function counter(name: string, description: string, of: Read): Observed<ExecutorStatus> {
  return { kind: 'counter', name, description, of }
}

function gauge(
  unit: '1' | 'By' | 's',
  name: string,
  description: string,
  of: Read,
): Observed<ExecutorStatus> {
  return { kind: 'gauge', name, description, unit, of }
}
