/** How many executions of a group ran in each stretch of a window, counted from its rows. */
import { TupleParam } from '@clickhouse/client'
import { columnOf } from '../record/columns.ts'
import type { FieldName } from '../record/record.ts'
import type { Store } from './client.ts'
import { filtered, type Filter } from './filter.ts'
import type { Scope, Window } from './scope.ts'
import { narrow, tenantCondition } from './tenant.ts'

/** Executions of equal stretches of the window, oldest first, and those of them that failed. */
export interface Trend {
  counts: readonly number[]
  failures: readonly number[]
}

interface TrendsQuery {
  scope: Scope
  window: Window
  filter: Filter
  groupBy: readonly FieldName[]
  /** Values of the fields; the empty text stands for an absent one. */
  groups: readonly (readonly string[])[]
  /** Stretches of the window. */
  slots: number
}

const SLOT = `toUInt16(least({slots:UInt16} - 1,
  intDiv((toUnixTimestamp64Milli(started_at) - {begin:Int64}) * {slots:UInt16}, {end:Int64} - {begin:Int64})))`

/** One for each group, in their order. */
export async function getTrends(store: Store, query: TrendsQuery): Promise<Trend[]> {
  const { scope, window, filter, groupBy, groups, slots } = query
  const columns = groupBy.map(textOf)
  const where = narrow(filtered(tenantCondition(scope, window), filter), ...isOneOf(columns, groups))
  const rows = await store.query<{ key: string[]; slot: number; n: string; failed: string }>(
    `SELECT [${columns.join(', ')}] AS key, ${SLOT} AS slot, count() AS n, countIf(NOT success) AS failed
     FROM code_exec_logs FINAL WHERE ${where.sql} GROUP BY ${columns.join(', ')}, slot`,
    { ...where.parameters, slots, begin: Date.parse(window.from), end: Date.parse(window.to) },
  )
  const found = Map.groupBy(rows, ({ key }) => JSON.stringify(key))
  return groups.map((values) => {
    const own = new Map((found.get(JSON.stringify(values)) ?? []).map((row) => [row.slot, row]))
    const each = (of: 'n' | 'failed'): number[] =>
      Array.from({ length: slots }, (_, slot) => Number(own.get(slot)?.[of] ?? 0))
    return { counts: each('n'), failures: each('failed') }
  })
}

/** The condition and its parameters; of one column it narrows what is read by the index. */
function isOneOf(
  columns: readonly string[],
  groups: readonly (readonly string[])[],
): [string, Record<string, unknown>] {
  const [first = '', ...others] = columns
  if (others.length === 0) return [`${first} IN {groups:Array(String)}`, { groups: groups.flat() }]
  const types = columns.map(() => 'String').join(', ')
  return [
    `(${columns.join(', ')}) IN {groups:Array(Tuple(${types}))}`,
    { groups: groups.map((values) => new TupleParam([...values])) },
  ]
}

/** A column of the sort key as it is, so that it narrows what is read. */
function textOf(field: FieldName): string {
  const column = columnOf(field)
  return field === 'codeAgentId' ? column : `ifNull(toString(${column}), '')`
}
