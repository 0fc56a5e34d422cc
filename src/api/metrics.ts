/** Counters in the Prometheus text format, OpenMetrics-compatible names. */
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { PartStatus } from '../embedded/stack.ts'
import type { ExecutorStatus } from '../executor/executor.ts'
import { serves } from '../service/check-readiness.ts'
import type { ApiEnv } from './environment.ts'
import { family } from './prometheus.ts'

interface RouteCount {
  count: number
  seconds: number
}

/** Requests served, by method, route and status. Routes are templates, so their number is bounded. */
export class RequestCounts {
  private readonly counts = new Map<string, RouteCount>()

  readonly observe: MiddlewareHandler<ApiEnv> = async (c, next) => {
    const since = performance.now()
    await next()
    const labels = `method="${methodLabel(c.req.method)}",route="${routePath(c, -1)}",status="${c.res.status}"`
    const entry = this.counts.get(labels) ?? { count: 0, seconds: 0 }
    entry.count += 1
    entry.seconds += (performance.now() - since) / 1000
    this.counts.set(labels, entry)
  }

  lines(): string[] {
    const entries = [...this.counts]
    return [
      ...family(
        'http_requests_total',
        'counter',
        'Requests served',
        entries.map(([labels, { count }]) => [labels, count]),
      ),
      ...family(
        'http_request_seconds_total',
        'counter',
        'Time spent on requests',
        entries.map(([labels, { seconds }]) => [labels, seconds]),
      ),
    ]
  }
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** A caller may write any word as the method; only the usual ones become labels. */
function methodLabel(method: string): string {
  return METHODS.has(method) ? method : 'other'
}

function one(name: string, type: 'counter' | 'gauge', help: string, value: number): string[] {
  return family(name, type, help, [['', value]])
}

/** Executor, trail and supervised parts. */
export function statusLines(status: ExecutorStatus, parts: readonly PartStatus[]): string[] {
  const { trail } = status
  return [
    ...one('executions_running', 'gauge', 'Executions running now', status.running),
    ...one('executions_waiting', 'gauge', 'Executions waiting for a place', status.waiting),
    ...one('executions_started_total', 'counter', 'Executions begun', trail.begun),
    ...one('executions_completed_total', 'counter', 'Executions ended', trail.completed),
    ...one('trail_written_total', 'counter', 'Entries appended to the outbox', trail.written),
    ...one('trail_sent_total', 'counter', 'Entries delivered to the Collector', trail.sent),
    ...one('trail_retried_total', 'counter', 'Deliveries tried again', trail.retried),
    ...one('trail_dead_total', 'counter', 'Entries the Collector refused for good', trail.dead),
    ...one('trail_dropped_total', 'counter', 'Entries that could not be kept', trail.dropped),
    ...one('trail_adopted_total', 'counter', 'Executions of crashed executors completed', trail.adopted),
    ...one('trail_corrupt_total', 'counter', 'Damaged places found in the outbox', trail.corrupt),
    ...one('trail_appends_total', 'counter', 'Writes to the outbox', trail.appends.count),
    ...one('trail_append_seconds_total', 'counter', 'Time of these writes', trail.appends.totalMs / 1000),
    ...one('trail_append_longest_seconds', 'gauge', 'Longest of them', trail.appends.longestMs / 1000),
    ...one('trail_outbox_bytes', 'gauge', 'Bytes waiting in the outbox', trail.outboxBytes),
    ...one('trail_held_bytes', 'gauge', 'Those in memory, for want of room on the disk', trail.heldBytes),
    ...one(
      'trail_oldest_seconds',
      'gauge',
      'Age of the oldest waiting entry',
      trail.oldestMs === null ? 0 : trail.oldestMs / 1000,
    ),
    ...family(
      'part_ready',
      'gauge',
      'Whether a part of the stack serves',
      parts.map((part) => [`part="${part.name}"`, serves(part) ? 1 : 0]),
    ),
    ...family(
      'part_restarts_total',
      'counter',
      'Restarts of a part of the stack',
      parts.map((part) => [`part="${part.name}"`, part.restarts]),
    ),
    ...one('process_resident_memory_bytes', 'gauge', 'Memory of this process', process.memoryUsage.rss()),
  ]
}
