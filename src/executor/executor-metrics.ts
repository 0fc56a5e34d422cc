import { single, type MetricFamily } from '../telemetry/metric-family.ts'
import type { TrailStatus } from '../telemetry/trail.ts'

/** State of the executor, for `/metrics`, `/readyz` and `doctor`. */
export interface ExecutorStatus {
  executorId: string
  running: number
  waiting: number
  trail: TrailStatus
}

/** The executor and its trail as metrics. */
export function executorMetrics({ running, waiting, trail }: ExecutorStatus): MetricFamily[] {
  const oldestMs = trail.oldestMs ?? 0
  return [
    single('executions_running', 'gauge', 'Executions running now', running),
    single('executions_waiting', 'gauge', 'Executions waiting to run', waiting),
    single('executions_started_total', 'counter', 'Executions started', trail.begun),
    single('executions_completed_total', 'counter', 'Executions completed', trail.completed),
    single('trail_written_total', 'counter', 'Entries appended to the outbox', trail.written),
    single('trail_sent_total', 'counter', 'Entries delivered to the Collector', trail.sent),
    single('trail_retried_total', 'counter', 'Deliveries tried again', trail.retried),
    single('trail_dead_total', 'counter', 'Entries that the Collector rejected permanently', trail.dead),
    single('trail_dropped_total', 'counter', 'Entries that could not be kept', trail.dropped),
    single('trail_adopted_total', 'counter', 'Executions of crashed executors completed', trail.adopted),
    single('trail_corrupt_total', 'counter', 'Damaged places found in the outbox', trail.corrupt),
    single('trail_appends_total', 'counter', 'Writes to the outbox', trail.appends.count),
    single(
      'trail_append_seconds_total',
      'counter',
      'Time spent on these writes',
      trail.appends.totalMs / 1000,
    ),
    single('trail_append_longest_seconds', 'gauge', 'Longest write', trail.appends.longestMs / 1000),
    single('trail_outbox_bytes', 'gauge', 'Bytes waiting in the outbox', trail.outboxBytes),
    single('trail_held_bytes', 'gauge', 'Bytes held in memory because the disk is full', trail.heldBytes),
    single('trail_oldest_seconds', 'gauge', 'Age of the oldest waiting entry', oldestMs / 1000),
    single('process_resident_memory_bytes', 'gauge', 'Memory of this process', process.memoryUsage.rss()),
  ]
}
