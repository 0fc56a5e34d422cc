import { context, type Meter } from '@opentelemetry/api'
import { getRPCMetadata } from '@opentelemetry/core'
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import type { ApiEnv } from './context.ts'

/** Counts requests served, by method, route and status. Routes are templates, so their number is bounded. */
export function countRequests(meter: Meter): MiddlewareHandler<ApiEnv> {
  const requests = meter.createCounter('exectrail.http_requests', {
    unit: '1',
    description: 'Requests served',
  })
  const time = meter.createCounter('exectrail.http_request', {
    unit: 's',
    description: 'Time spent on requests',
  })
  return async (c, next) => {
    const since = performance.now()
    await next()
    const route = routePath(c, -1)
    const span = getRPCMetadata(context.active())
    // The name of the request's span, where HTTP is instrumented.
    if (span !== undefined) span.route = route
    const attributes = {
      method: methodLabel(c.req.method),
      route,
      status: String(c.res.status),
    }
    requests.add(1, attributes)
    time.add((performance.now() - since) / 1000, attributes)
  }
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Bounds the label: a caller can send any word as the method. */
function methodLabel(method: string): string {
  return METHODS.has(method) ? method : 'other'
}
