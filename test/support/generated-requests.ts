/** Requests over every route of the service's own OpenAPI document, made from the schemas of its parameters. */
import fc from 'fast-check'

interface Schema {
  type?: string
  enum?: unknown[]
  anyOf?: Schema[]
  minimum?: number
  maximum?: number
}

interface Parameter {
  name: string
  in: string
  required?: boolean
  schema: Schema
}

interface Operation {
  parameters?: Parameter[]
  responses: Record<string, { content?: Record<string, unknown> }>
}

export interface Document {
  paths: Record<string, Record<string, Operation>>
}

export interface GeneratedRequest {
  /** The route, as the document writes it. */
  route: string
  method: string
  path: string
  body: string | null
  /** It answers with events until its client goes. */
  streams: boolean
}

/** Texts that mean something here, by the name of a parameter or `path#name`: `*` for the others, none to leave it out. */
export type Pools = Readonly<Record<string, readonly string[]>>

/** Requests of all routes, `perRoute` for each; the same for the same seed. */
export function generateRequests(
  document: Document,
  { pools, bodies, perRoute, seed }: { pools: Pools; bodies: Pools; perRoute: number; seed: number },
): GeneratedRequest[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const route = `${method.toUpperCase()} ${path}`
      const values = valuesOf(operation.parameters ?? [], poolsOf(path, pools))
      const body = method === 'get' ? fc.constant(null) : fc.constantFrom(...(bodies[route] ?? ['{}']))
      return fc
        .sample(fc.tuple(values, body), { numRuns: perRoute, seed })
        .map(([given, text]) => toRequest(route, operation, { given, text }))
    }),
  )
}

/** All that is required or in `ALWAYS`, and few of the others, so that most requests are answered. */
function valuesOf(parameters: readonly Parameter[], pools: Pools): fc.Arbitrary<Record<string, string>> {
  const isFixed = (one: Parameter): boolean => isRequired(one) || ALWAYS.has(one.name)
  const others = parameters.filter((one) => !isFixed(one) && pools[one.name]?.length !== 0)
  return fc
    .subarray(others, { maxLength: Math.min(2, others.length) })
    .chain((chosen) =>
      fc.record(
        Object.fromEntries(
          [...parameters.filter(isFixed), ...chosen].map(({ name, schema }) => [
            name,
            valueOf(name, schema, pools),
          ]),
        ),
      ),
    )
}
const ALWAYS: ReadonlySet<string> = new Set(['from', 'to'])

function poolsOf(path: string, pools: Pools): Pools {
  const own = Object.entries(pools).flatMap(([key, pool]) => {
    const [where, name = ''] = key.split('#')
    return where === path ? [[name, pool]] : []
  })
  return { ...pools, ...Object.fromEntries(own) }
}

function isRequired({ in: place, required }: Parameter): boolean {
  return place === 'path' || required === true
}

function toRequest(
  route: string,
  { parameters = [], responses }: Operation,
  { given, text }: { given: Readonly<Record<string, string | undefined>>; text: string | null },
): GeneratedRequest {
  const [method = '', template = ''] = route.split(' ')
  const search = new URLSearchParams()
  let path = template
  for (const { name, in: place } of parameters) {
    const value = given[name]
    if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(value ?? ''))
    else if (place === 'query' && value !== undefined) search.append(name, value)
  }
  const streams = responses['200']?.content?.['text/event-stream'] !== undefined
  return {
    route,
    method,
    path: search.size === 0 ? path : `${path}?${search.toString()}`,
    body: text,
    streams,
  }
}

function valueOf(name: string, schema: Schema, pools: Pools): fc.Arbitrary<string> {
  const pool = pools[name]
  if (pool !== undefined) return fc.constantFrom(...pool)
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum.map(String))
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => valueOf(name, one, pools)))
  if (schema.type === 'integer' || schema.type === 'number')
    return fc
      .integer({ min: Math.ceil(schema.minimum ?? 0), max: Math.min(schema.maximum ?? 50, 50) })
      .map(String)
  if (schema.type === 'boolean') return fc.constantFrom('true', 'false')
  return fc.constantFrom(...(pools['*'] ?? ['x']))
}
