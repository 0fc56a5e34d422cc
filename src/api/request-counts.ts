import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { MetricFamily, MetricSample } from '../telemetry/metric-family.ts'
import type { ApiEnv } from './environment.ts'

interface RouteCount {
  labels: MetricSample['labels']
  count: number
  seconds: number
}

/** Requests served, by method, route and status. Routes are templates, so their number is bounded. */
export class RequestCounts {
  private readonly counts = new Map<string, RouteCount>()

  readonly observe: MiddlewareHandler<ApiEnv> = async (c, next) => {
    const since = performance.now()
    await next()
    const labels = {
      method: methodLabel(c.req.method),
      route: routePath(c, -1),
      status: String(c.res.status),
    }
    const key = Object.values(labels).join(' ')
    const entry = this.counts.get(key) ?? { labels, count: 0, seconds: 0 }
    entry.count += 1
    entry.seconds += (performance.now() - since) / 1000
    this.counts.set(key, entry)
  }

  families(): MetricFamily[] {
    const entries = [...this.counts.values()]
    return [
      {
        name: 'http_requests_total',
        type: 'counter',
        help: 'Requests served',
        samples: entries.map(({ labels, count }) => ({ labels, value: count })),
      },
      {
        name: 'http_request_seconds_total',
        type: 'counter',
        help: 'Time spent on requests',
        samples: entries.map(({ labels, seconds }) => ({ labels, value: seconds })),
      },
    ]
  }
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** A caller may write any word as the method; only the usual ones become labels. */
function methodLabel(method: string): string {
  return METHODS.has(method) ? method : 'other'
}
