/** Documents routes in OpenAPI. */
import { describeRoute, resolver } from 'hono-openapi'
import type { z } from 'zod'
import { problemSchema } from './problem.ts'

interface RouteDocument {
  /** Stable name of the operation; generated clients use it. */
  id: string
  summary: string
  tag: 'executions' | 'statistics' | 'agents' | 'workflows' | 'runtimes' | 'sql' | 'service'
  /** Shape of the 200 reply. */
  reply: z.ZodType
  /** Description of the 200 response. */
  description: string
  /** True of routes that answer without a key. */
  access?: 'open'
  body?: z.ZodType
}

const PROBLEM = {
  description: 'A problem (RFC 9457)',
  content: { 'application/problem+json': { schema: resolver(problemSchema) } },
}

/** Documents a route: its 200 response, and a problem for every other status. */
export function documentRoute({ id, summary, tag, reply, description, access, body }: RouteDocument) {
  const content = { 'application/json': { schema: resolver(reply) } }
  return describeRoute({
    operationId: id,
    summary,
    tags: [tag],
    ...(access === 'open' ? { security: [] } : {}),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: resolver(body, { options: { io: 'input' } }) } },
          },
        }),
    responses: { 200: { description, content }, default: PROBLEM },
  })
}
