/** Schemas of tools in fewer characters of the same meaning: a model reads those of every tool before its first call. */
import type { Tool as ListedTool } from '@modelcontextprotocol/server'
import type { z } from 'zod'

type Json = Readonly<Record<string, unknown>>
type RootSchema = ListedTool['inputSchema'] & NonNullable<ListedTool['outputSchema']>

const DIALECT = { target: 'draft-2020-12' } as const

/** Of what a tool takes, without what holds without saying. */
export function shortInput(schema: z.ZodObject): RootSchema {
  return asRoot(shorten(schema['~standard'].jsonSchema.input(DIALECT)))
}

/** Of what it answers with. */
export function shortOutput(schema: z.ZodObject): RootSchema {
  return asRoot(shorten(openObjects(schema['~standard'].jsonSchema.output(DIALECT))))
}

/** As a list of tools has it: that of an object. */
export function asRoot(schema: Json): RootSchema {
  const root: unknown = { ...schema, type: 'object' }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its members are those of a JSON Schema
  return root as RootSchema
}

/** The dialect is that of MCP where none is named. */
function shorten({ $schema: _dialect, ...schema }: Json): Json {
  return mapObjects(schema, (part) => withoutBounds(withoutNames(withNull(part))))
}

/** What an answer has, or lacks, is not for its reader to refuse. */
function openObjects(schema: Json): Json {
  return mapObjects(schema, ({ additionalProperties, required, ...part }) => ({
    ...part,
    ...(additionalProperties === false || additionalProperties === undefined ? {} : { additionalProperties }),
    // A member of this name has a schema.
    ...(required === undefined || Array.isArray(required) ? {} : { required }),
  }))
}

/** `type: ["number", "null"]` for a choice between a type and null. */
function withNull(part: Json): Json {
  const { anyOf, ...rest } = part
  if (!Array.isArray(anyOf) || anyOf.length !== 2) return part
  const [either, other]: unknown[] = anyOf
  if (!isObject(either) || !isObject(other) || other['type'] !== 'null') return part
  if (typeof either['type'] !== 'string' || 'enum' in either || 'const' in either) return part
  return { ...either, ...rest, type: [either['type'], 'null'] }
}

/** Names are texts in any object. */
function withoutNames(part: Json): Json {
  const { propertyNames, ...rest } = part
  return isObject(propertyNames) && JSON.stringify(propertyNames) === '{"type":"string"}' ? rest : part
}

/** Bounds of what a number can hold are none. */
function withoutBounds(part: Json): Json {
  return Object.fromEntries(
    Object.entries(part).filter(
      ([name, value]) =>
        !(name === 'maximum' && value === Number.MAX_SAFE_INTEGER) &&
        !(name === 'minimum' && value === Number.MIN_SAFE_INTEGER),
    ),
  )
}

function mapObjects(part: Json, change: (part: Json) => Json): Record<string, unknown> {
  const inner = Object.entries(part).map(([name, value]) => [name, mapValue(value, change)])
  return { ...change(Object.fromEntries(inner)) }
}

function mapValue(value: unknown, change: (part: Json) => Json): unknown {
  if (Array.isArray(value)) return value.map((one) => mapValue(one, change))
  return isObject(value) ? mapObjects(value, change) : value
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
