/** Documents routes in OpenAPI, and requires the scope that they are documented to need. */
import type { MiddlewareHandler } from 'hono'
import { describeRoute, resolver } from 'hono-openapi'
import { z } from 'zod'
import type { KeyScope } from '../metadata/key-scopes.ts'
import { requireScope } from './auth.ts'
import type { ApiEnv } from './context.ts'
import { problemSchema } from './problem.ts'

interface RouteDocument {
  /** Stable name of the operation; generated clients use it. */
  id: string
  summary: string
  tag:
    | 'executions'
    | 'statistics'
    | 'agents'
    | 'workflows'
    | 'alerts'
    | 'runtimes'
    | 'sql'
    | 'keys'
    | 'registry'
    | 'service'
  /** Shape of the 200 reply. */
  reply: z.ZodType
  /** Description of the 200 response. */
  description: string
  /** The scope that the key needs; `open` answers without a key. @default 'read' */
  access?: KeyScope | 'open'
  body?: z.ZodType
  /** The 200 reply is a stream of server-sent events, each with `reply` as its data. */
  streams?: true
  /** Media types of the 200 reply. @default JSON */
  media?: readonly string[]
  /** Other good replies, by status. */
  also?: Readonly<Record<number, { description: string; reply?: z.ZodType }>>
}

const PROBLEM = {
  description: 'A problem (RFC 9457)',
  content: { 'application/problem+json': { schema: resolver(problemSchema) } },
}

/** Documents a route: its good responses, and a problem for every other status. Keys without its scope get 403. */
export function documentRoute(route: RouteDocument): MiddlewareHandler<ApiEnv> {
  const { access = 'read' } = route
  const check: MiddlewareHandler<ApiEnv> = (c, next) => {
    if (access !== 'open') requireScope(c, access)
    return next()
  }
  // The generator of the document finds a route by what `describeRoute` puts on its handler.
  return Object.assign(check, describeRoute(descriptionOf(route, access)))
}

function descriptionOf(
  { id, summary, tag, reply, description, body, streams, media, also = {} }: RouteDocument,
  access: KeyScope | 'open',
): Parameters<typeof describeRoute>[0] {
  const types = media ?? [streams === true ? 'text/event-stream' : 'application/json']
  const schema = streams === true ? eventOf(reply) : reply
  const content = Object.assign({}, ...types.map((type) => contentOf(schema, type)))
  return {
    operationId: id,
    summary,
    tags: [tag],
    security: access === 'open' ? [] : [{ apiKey: [access] }],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: resolver(body, { options: { io: 'input' } }) } },
          },
        }),
    responses: { 200: { description, content }, ...mapOther(also), default: PROBLEM },
  }
}

/** One event; OpenAPI 3.1 has no word for streams, and 3.2 describes their events like this. */
function eventOf(data: z.ZodType): z.ZodType {
  const { $schema: _, ...contentSchema } = z.toJSONSchema(data)
  return z.object({
    event: z.string(),
    id: z.string().optional().describe('Give the last one as `Last-Event-ID` to go on behind it'),
    data: z.string().meta({ contentMediaType: 'application/json', contentSchema }),
  })
}

function contentOf(reply: z.ZodType, type: string) {
  return { [type]: { schema: resolver(reply) } }
}

function mapOther(also: NonNullable<RouteDocument['also']>) {
  return Object.fromEntries(
    Object.entries(also).map(([status, { description, reply }]) => [
      status,
      { description, ...(reply === undefined ? {} : { content: contentOf(reply, 'application/json') }) },
    ]),
  )
}
