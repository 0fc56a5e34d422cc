import { Hono } from 'hono'
import { z } from 'zod'
import { checkReadiness } from '../../service/check-readiness.ts'
import { documentRoute } from '../document-route.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { readinessSchema } from '../health-schema.ts'
import { prometheusText } from '../prometheus.ts'

const alive = documentRoute({
  id: 'health',
  summary: 'Whether the service runs at all',
  tag: 'service',
  reply: z.object({ status: z.literal('ok') }),
  description: 'It runs',
  access: 'open',
})

const ready = documentRoute({
  id: 'readiness',
  summary: 'Whether code can be run and its record kept; 503 names the part that fails',
  tag: 'service',
  reply: readinessSchema,
  description: 'Every part serves',
  also: { 503: { description: 'A part does not', reply: readinessSchema } },
  access: 'open',
})

const metrics = documentRoute({
  id: 'getMetrics',
  summary: "The service's own metrics",
  tag: 'service',
  reply: z.string(),
  media: ['text/plain'],
  description: 'Prometheus text',
})

/** `/healthz`, `/readyz`, `/metrics` */
export function health(dependencies: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/healthz', alive, (c) => c.json({ status: 'ok' as const }))
    .get('/readyz', ready, async (c) => {
      const readiness = await checkReadiness(dependencies)
      return c.json(readiness, readiness.ready ? 200 : 503)
    })
    .get('/metrics', metrics, async (c) => {
      return c.text(prometheusText(await dependencies.executor.metrics.collect()), 200, {
        'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
      })
    })
}
