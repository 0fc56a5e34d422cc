/** The fields of a form, read from a JSON Schema. What the form has no field for is written as JSON. */
import type { Json } from '../../../execution.ts'
import { parseExactly } from '../../../exact-json.ts'

export interface SchemaField {
  name: string
  title: string
  description: string
  required: 'required' | 'optional'
  kind: 'text' | 'number' | 'boolean' | 'choice' | 'object' | 'json'
  /** Of a choice. */
  options: readonly Json[]
  /** Of an object. */
  fields: readonly SchemaField[]
}

const FIELDS_MAX = 100
const DEPTH_MAX = 3

type Members = Readonly<Record<string, unknown>>

/** Null where the text is no schema of an object. */
export function fieldsOfSchema(text: string): SchemaField[] | null {
  if (text.trim() === '') return null
  try {
    return fieldsOf(toMembers(parseExactly(text)), 0)
  } catch {
    return null
  }
}

function fieldsOf(schema: Members, depth: number): SchemaField[] | null {
  const properties = toMembers(schema['properties'])
  const entries = Object.entries(properties).slice(0, FIELDS_MAX)
  if (entries.length === 0) return null
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  return entries.map(([name, value]) => {
    const own = toMembers(value)
    const fields = depth < DEPTH_MAX ? fieldsOf(own, depth + 1) : null
    return {
      name,
      title: toText(own['title']) || name,
      description: toText(own['description']),
      required: required.includes(name) ? 'required' : 'optional',
      kind: kindOf(own, fields),
      options: Array.isArray(own['enum']) ? own['enum'].slice(0, FIELDS_MAX) : [],
      fields: fields ?? [],
    }
  })
}

function kindOf(schema: Members, fields: readonly SchemaField[] | null): SchemaField['kind'] {
  if (Array.isArray(schema['enum'])) return 'choice'
  if (fields !== null) return 'object'
  const { type } = schema
  if (type === 'string') return 'text'
  if (type === 'number' || type === 'integer') return 'number'
  return type === 'boolean' ? 'boolean' : 'json'
}

function toMembers(value: unknown): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 300) : ''
}

/** The members of an input as it was typed; none where it is no object. */
export function membersOf(text: string): Readonly<Record<string, Json>> {
  try {
    const value: unknown = parseExactly(text)
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- parsed from JSON
    return toMembers(value) as Readonly<Record<string, Json>>
  } catch {
    return {}
  }
}

/** The value that a field's text stands for; undefined where it stands for none. */
export function readField(kind: SchemaField['kind'], text: string): Json | undefined {
  if (kind === 'text') return text
  try {
    const value: Json = parseExactly(text)
    return kind === 'number' && !shapeIsNumber(value) ? undefined : value
  } catch {
    return undefined
  }
}

function shapeIsNumber(value: Json): boolean {
  return typeof value === 'number' || JSON.isRawJSON?.(value) === true
}

/** A value as the text of its field. */
export function writeField(kind: SchemaField['kind'], value: Json | undefined): string {
  if (value === undefined) return ''
  return kind === 'text' && typeof value === 'string' ? value : JSON.stringify(value)
}
