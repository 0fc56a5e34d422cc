/** How often each value of a field occurs: counted in rows, or kept by the day. */
import { columnOf } from '../../record/columns.ts'
import type { FieldName } from '../../record/record.ts'

/** Fields whose values are kept by the day. */
export const VALUE_FIELDS = [
  'outcome',
  'errorType',
  'runtime',
  'language',
  'codeAgentId',
  'codeAgentVersion',
  'workspaceId',
  'userId',
  'nodeId',
  'model',
] as const satisfies readonly FieldName[]
export const KEPT_VALUES: ReadonlySet<FieldName> = new Set(VALUE_FIELDS)

/**
 * A SELECT of field, value and numbers, in one pass over the rows. Each field is a grouping set, so that it is counted by
 * the numbers of its dictionary and not by text. A value may come twice, as the absent and the empty text.
 * @param source what follows FROM
 * @param keys further columns or expressions with a name that the values are counted by
 */
export function countValues(
  fields: readonly FieldName[],
  source: string,
  keys: readonly string[] = [],
): string {
  const columns = new Map(fields.map((field) => [field, columnOf(field)]))
  return countColumns(columns, { source, keys, numbers: 'count() AS number' })
}

/** The same of columns, or aliases in the source, by a name. @param numbers aggregates with their names */
export function countColumns(
  columns: ReadonlyMap<string, string>,
  { source, keys, numbers }: { source: string; keys: readonly string[]; numbers: string },
): string {
  const ofSet = (result: (name: string, column: string) => string): string =>
    `multiIf(${[...columns].map(([name, column]) => `grouping(${column}) = 0, ${result(name, column)}`).join(', ')}, '')`
  const named = keys.map((key) => key.replace(/^.* AS /u, ''))
  const sets = [...columns.values()].map((column) => `(${[...named, column].join(', ')})`)
  return `SELECT ${keys.map((key) => `${key}, `).join('')}${ofSet((name) => `'${name}'`)} AS field,
      ${ofSet((_, column) => `ifNull(toString(${column}), '')`)} AS value, ${numbers}
    FROM ${source} GROUP BY GROUPING SETS (${sets.join(', ')})`
}
