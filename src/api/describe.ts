/** What every route says of itself in the OpenAPI document. */
import { describeRoute, resolver } from 'hono-openapi'
import type { z } from 'zod'
import { problemSchema } from './problem.ts'

interface Description {
  /** Stable name of the operation; generated clients call it so. */
  id: string
  summary: string
  tag: 'executions' | 'agents' | 'workflows' | 'runtimes' | 'sql' | 'service'
  /** Shape of the 200 reply. */
  reply: z.ZodType
  /** What a 200 means. */
  means: string
  /** True of routes that answer without a key. */
  access?: 'open'
  body?: z.ZodType
}

const PROBLEM = {
  description: 'A problem (RFC 9457)',
  content: { 'application/problem+json': { schema: resolver(problemSchema) } },
}

/** Documents a route: its reply, and problems for everything else. */
export function describe({ id, summary, tag, reply, means, access, body }: Description) {
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
    responses: { 200: { description: means, content }, default: PROBLEM },
  })
}
