/** The types of the record, and the names of its fields by what the table says of them. */
import { FIELDS, type Field } from './fields.ts'

type Fields = typeof FIELDS
export type FieldName = keyof Fields
/** As `namesWith`. */
export type FieldNameWith<Part> = {
  [Name in FieldName]: Fields[Name] extends Part ? Name : never
}[FieldName]

interface Types {
  text: string
  json: string
  time: string
  integer: number
  double: number
  boolean: boolean
}
type ValueOf<Of extends Field> =
  | (Of extends { values: readonly (infer Value)[] } ? Value : Types[Of['type']])
  | (Of extends { nullable: true } ? null : never)

/**
 * The execution record: one row, one log record. Names are the API's JSON names and map one to one to
 * the snake_case columns of `code_exec_logs`.
 */
export type ExecutionRecord = { -readonly [Name in FieldName]: ValueOf<Fields[Name]> }

/** What is known when a run begins; the `code_exec.started` event. */
export type StartedRecord = Pick<ExecutionRecord, FieldNameWith<{ atStart: true }>>

export function fieldOf(name: FieldName): Field {
  return FIELDS[name]
}

/** Every field in the order it is shown. */
export const FIELD_NAMES = Object.keys(FIELDS).filter((name): name is FieldName =>
  Object.hasOwn(FIELDS, name),
)
/** Fields that are attributes of the log record. */
export const ATTRIBUTE_FIELDS = FIELD_NAMES.filter(
  (name): name is FieldNameWith<{ attribute: string }> => 'attribute' in FIELDS[name],
)
/** Fields that say who asked, copied from the request's context. */
export const CONTEXT_FIELDS = namesWith({ inContext: true })
/** Fields that have a query parameter of their own. */
export const PARAMETER_FIELDS = namesWith({ filterable: true })
/** Texts of the caller or the code that need not be recorded. */
export const OPTIONAL_CONTENT = namesWith({ content: 'optional' })
/** What need not be recorded: those texts, and the files of `/out`. */
export const OPTIONAL_PARTS = [...OPTIONAL_CONTENT, 'files'] as const
/** All texts of the caller or the code: secrets are masked in them. */
export const CONTENT = [...OPTIONAL_CONTENT, ...namesWith({ content: 'always' })]
/** All in which secrets can be masked. */
export const CONTENT_PARTS = [...CONTENT, 'files'] as const

/** Hashes of content that the blob store has whole. */
export const BLOB_FIELDS = namesWith({ isBlob: true })

const HEXADECIMAL: ReadonlySet<FieldName> = new Set<FieldName>([
  ...FIELD_NAMES.filter((name) => /UUID|hex/u.test(fieldOf(name).unit ?? '')),
  'replayOf',
])

/** Ids in hexadecimal digits are stored in lower case; people and other tools write either. Any other value as it is. */
export function asStored(name: FieldName, value: string): string {
  return HEXADECIMAL.has(name) && /^[\da-f-]+$/iu.test(value) ? value.toLowerCase() : value
}

/** Names of the fields of which the table says this, in its order. */
export function namesWith<const Part extends Partial<Field>>(part: Part): FieldNameWith<Part>[] {
  const wanted = Object.entries(part)
  return FIELD_NAMES.filter((name): name is FieldNameWith<Part> =>
    wanted.every(([key, value]) => Reflect.get(FIELDS[name], key) === value),
  )
}

/** An object with a member of each name. */
export function mapNames<Name extends string, Value>(
  names: readonly Name[],
  make: (name: Name) => Value,
): Record<Name, Value> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fromEntries forgets the names it is given
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Value>
}
