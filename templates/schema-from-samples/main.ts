/** Derives a JSON Schema from samples: types, required members, formats, ranges of lists, and values of closed sets. */
type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

interface Input {
  samples: Json[]
  title?: string
  formats?: boolean
  enumMax?: number
  closed?: boolean
}

type Options = Required<Pick<Input, 'formats' | 'enumMax' | 'closed'>>

/** A set of values is closed only where each was seen this often on average. */
const SEEN_FOR_ENUM = 3

export function main({ samples, title, formats = true, enumMax = 0, closed = false }: Input) {
  const options = { formats, enumMax, closed }
  return {
    samples: samples.length,
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      ...(title === undefined ? {} : { title }),
      ...schemaOf(samples, options),
    },
  }
}

function schemaOf(values: readonly Json[], options: Options): Record<string, unknown> {
  const types = typesOf(values)
  // Nothing was seen: anything may come.
  if (types.length === 0) return {}
  const [type, ...more] = types
  return {
    type: more.length === 0 ? type : types,
    ...ofTexts(values, types, options),
    ...ofObjects(values.filter(isObject), options),
    ...ofLists(values.filter(Array.isArray), options),
  }
}

const ORDER = ['null', 'boolean', 'integer', 'number', 'string', 'array', 'object']

/** A number that is whole in some samples only is a number. */
function typesOf(values: readonly Json[]): string[] {
  const seen = new Set(values.map(typeOf))
  if (seen.has('number')) seen.delete('integer')
  return ORDER.filter((type) => seen.has(type))
}

function typeOf(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function isObject(value: Json): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function ofTexts(values: readonly Json[], types: readonly string[], { formats, enumMax }: Options): object {
  const texts = values.filter((value) => typeof value === 'string')
  if (texts.length === 0) return {}
  const distinct = [...new Set(texts)].sort()
  const isScalar = types.every((type) => type === 'string' || type === 'null')
  if (isScalar && distinct.length <= enumMax && texts.length >= SEEN_FOR_ENUM * distinct.length)
    return { enum: [...distinct, ...(types.includes('null') ? [null] : [])] }
  const format = formats ? FORMATS.find(([, fits]) => distinct.every(fits)) : undefined
  return format === undefined ? {} : { format: format[0] }
}

const FORMATS: readonly [string, (text: string) => boolean][] = [
  [
    'date-time',
    (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/u.test(text) && isDay(text),
  ],
  ['date', (text) => /^\d{4}-\d\d-\d\d$/u.test(text) && isDay(text)],
  ['time', (text) => /^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/u.test(text)],
  ['uuid', (text) => /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/iu.test(text)],
  ['email', (text) => /^[\w.%+-]{1,64}@[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63})+$/iu.test(text)],
  [
    'ipv4',
    (text) => /^\d{1,3}(?:\.\d{1,3}){3}$/u.test(text) && text.split('.').every((part) => Number(part) < 256),
  ],
  ['uri', (text) => /^[a-z][a-z\d+.-]*:\/\/[^\s<>"{}|\\^`]+$/iu.test(text)],
]

/** 30 February is none. */
function isDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split('-').map(Number)
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

/** Members in the order in which they were first seen; those of every object are required. */
function ofObjects(objects: readonly { [name: string]: Json }[], options: Options): object {
  if (objects.length === 0) return {}
  const seen = new Map<string, Json[]>()
  for (const object of objects)
    for (const [name, value] of Object.entries(object)) {
      const values = seen.get(name)
      if (values === undefined) seen.set(name, [value])
      else values.push(value)
    }
  const properties = [...seen].map(([name, values]) => [name, schemaOf(values, options)] as const)
  const required = [...seen].filter(([, values]) => values.length === objects.length).map(([name]) => name)
  return {
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    ...(options.closed ? { additionalProperties: false } : {}),
  }
}

function ofLists(lists: readonly Json[][], options: Options): object {
  if (lists.length === 0) return {}
  const items = lists.flat(1)
  return items.length === 0 ? {} : { items: schemaOf(items, options) }
}
