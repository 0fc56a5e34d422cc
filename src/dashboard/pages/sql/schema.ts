import type { Operations } from '../../../client/index.ts'

type Schema = Operations['getSqlSchema']['reply']
export type Table = Schema['tables'][number]

const known = new WeakMap<Schema, Readonly<Record<string, readonly string[]>>>()

/** Names for the editor's completion; the same object for the same schema. */
export function toCompletion(
  schema: Schema | undefined,
): Readonly<Record<string, readonly string[]>> | undefined {
  if (schema === undefined) return undefined
  const found = known.get(schema)
  if (found !== undefined) return found
  const made = Object.fromEntries(
    schema.tables.map(({ name, columns }) => [name, columns.map((column) => column.name)]),
  )
  known.set(schema, made)
  return made
}

/** The columns whose name or meaning has the text. */
export function matching({ columns }: Table, text: string): Table['columns'] {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return columns
  return columns.filter(
    ({ name, description }) => name.includes(wanted) || description.toLowerCase().includes(wanted),
  )
}
