/** JSON Schemas of code agents as a model reads them: bounded, and only with keywords that lead nowhere else. */

type Json = Readonly<Record<string, unknown>>
type Reader = (value: unknown, depth: number) => unknown

/** How a tool takes the input of an agent. */
export interface AgentArguments {
  /** Of an object. */
  schema: Json
  /** Whether the input is the member `input` of the arguments: its schema is not that of an object. */
  isWrapped: boolean
}

const SCHEMA_MAX_CHARACTERS = 4_000
const DEPTH_MAX = 12
const TEXT_MAX = 300
const VALUE_MAX_CHARACTERS = 1_000

/** The schema without what it may do without; null where it is too long to show. The service holds inputs to the whole one. */
export function readableSchema(schema: unknown): Json | boolean | null {
  if (typeof schema === 'boolean') return schema
  if (!isObject(schema)) return null
  const shown = { ...readObject(schema, 0), ...readKeywords(schema, DEFINITIONS, 0) }
  return JSON.stringify(shown).length <= SCHEMA_MAX_CHARACTERS ? shown : null
}

const TOO_LONG = { description: 'Its schema is too long to show; a call says what does not fit' }

/** The arguments of a tool that runs an agent. @param inputSchema as it was published; undefined where it has none */
export function toArguments(inputSchema: unknown): AgentArguments {
  const shown = readableSchema(inputSchema ?? true) ?? TOO_LONG
  if (isObject(inputSchema) && inputSchema['type'] === 'object' && isObject(shown))
    return { schema: shown, isWrapped: false }
  const whole: Json = isObject(shown) ? shown : {}
  const { $defs, definitions, ...input } = whole
  return {
    schema: {
      properties: { input },
      ...(inputSchema === undefined ? {} : { required: ['input'] }),
      additionalProperties: false,
      ...($defs === undefined ? {} : { $defs }),
      ...(definitions === undefined ? {} : { definitions }),
    },
    isWrapped: true,
  }
}

/** Clients of older protocols take only objects for schemas. */
function readSchema(value: unknown, depth: number): unknown {
  if (value === false) return { not: {} }
  return isObject(value) && depth <= DEPTH_MAX ? readObject(value, depth) : {}
}

function readObject(schema: Json, depth: number): Json {
  return readKeywords(schema, KEYWORDS, depth)
}

function readKeywords(schema: Json, keywords: Readonly<Record<string, Reader>>, depth: number): Json {
  const shown = Object.entries(keywords).map(([keyword, read]): [string, unknown] => [
    keyword,
    Object.hasOwn(schema, keyword) ? read(schema[keyword], depth + 1) : undefined,
  ])
  return Object.fromEntries(shown.filter(([, value]) => value !== undefined))
}

const upTo =
  (most: number): Reader =>
  (value) =>
    typeof value === 'string' && value.length <= most ? value : undefined
const prose: Reader = (value) =>
  typeof value === 'string' ? value.slice(0, TEXT_MAX).toWellFormed() : undefined
const number: Reader = (value) => (typeof value === 'number' ? value : undefined)
const flag: Reader = (value) => (typeof value === 'boolean' ? value : undefined)
/** Some clients follow references wherever they stand, also in values. */
const REFERENCE_KEY = /"\$(?:ref|dynamicRef|recursiveRef)":/u
const short: Reader = (value) => {
  const written = JSON.stringify(value)
  return written.length <= VALUE_MAX_CHARACTERS && !REFERENCE_KEY.test(written) ? value : undefined
}
const shortList: Reader = (value, depth) => (Array.isArray(value) ? short(value, depth) : undefined)
const names: Reader = (value) =>
  Array.isArray(value) ? value.filter((name) => typeof name === 'string') : undefined
const types: Reader = (value) => (typeof value === 'string' ? value : names(value, 0))
const schemas: Reader = (value, depth) =>
  Array.isArray(value) ? value.map((one) => readSchema(one, depth)) : undefined
const named: Reader = (value, depth) =>
  isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, readSchema(one, depth)]))
    : undefined
/** Into the definitions of the same schema: no address that a program would fetch, no place that is not shown. */
const reference: Reader = (value) =>
  typeof value === 'string' && /^#\/(?:\$defs|definitions)\/[\w.-]{1,100}$/u.test(value) ? value : undefined

const KEYWORDS: Readonly<Record<string, Reader>> = {
  $ref: reference,
  type: types,
  title: prose,
  description: prose,
  format: upTo(50),
  pattern: upTo(200),
  enum: shortList,
  const: short,
  default: short,
  minimum: number,
  maximum: number,
  exclusiveMinimum: number,
  exclusiveMaximum: number,
  multipleOf: number,
  minLength: number,
  maxLength: number,
  minItems: number,
  maxItems: number,
  uniqueItems: flag,
  minProperties: number,
  maxProperties: number,
  required: names,
  properties: named,
  additionalProperties: (value, depth) => (typeof value === 'boolean' ? value : readSchema(value, depth)),
  items: readSchema,
  prefixItems: schemas,
  anyOf: schemas,
  oneOf: schemas,
  allOf: schemas,
}
/** Of the root alone: references go nowhere else. */
const DEFINITIONS: Readonly<Record<string, Reader>> = { $defs: named, definitions: named }

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
