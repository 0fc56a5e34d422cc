import { columnOf } from '../../record/columns.ts'
import type { FieldName } from '../../record/record.ts'
import type { Store } from '../client.ts'
import { filtered, type Filter } from '../filter.ts'
import { COST, FIGURES, toFigures, type Figures, type FiguresRow } from '../measures.ts'
import { secondsOf, type Scope, type Window } from '../scope.ts'
import { tenantCondition } from '../tenant.ts'

/** Fields that executions are grouped by. */
export const GROUP_FIELDS = [
  'runtime',
  'language',
  'codeAgentId',
  'codeAgentVersion',
  'workflowExecutionId',
  'nodeId',
  'workspaceId',
  'userId',
  'model',
  'outcome',
  'errorType',
] as const satisfies readonly FieldName[]
export type GroupField = (typeof GROUP_FIELDS)[number]

/** What the groups are ordered by, the greatest first. */
export const GROUP_ORDERS = [
  'count',
  'failures',
  'failureRate',
  'duration',
  'memory',
  'cost',
  'tokens',
] as const
export type GroupOrder = (typeof GROUP_ORDERS)[number]

const ORDER_SQL: Readonly<Record<GroupOrder, string>> = {
  count: 'count()',
  failures: 'countIf(NOT success)',
  failureRate: 'countIf(NOT success) / count()',
  duration: 'quantileTDigest(0.95)(duration_ms)',
  memory: 'ifNull(max(memory_peak_bytes), 0)',
  cost: `ifNull(sum(${COST}), 0)`,
  tokens: 'ifNull(sum(tokens_used), 0)',
}

export interface StatsQuery {
  scope: Scope
  window: Window
  filter: Filter
  /** At most two; none for the total alone. */
  groupBy: readonly GroupField[]
  order: GroupOrder
  /** Maximum of groups; the rest is `other`. */
  limit: number
  /** The groups themselves, for a comparison; else the greatest. */
  keys?: readonly GroupKey[]
}

/** Values of the fields of a group; null is an absent value. */
export type GroupKey = Readonly<Partial<Record<GroupField, string | null>>>

/** Figures of the executions with the same values of the fields. */
export interface StatsGroup extends Figures {
  key: GroupKey
}

export interface Stats {
  total: Figures
  groups: readonly StatsGroup[]
  /** All executions outside of `groups`; null when there are none. */
  other: Figures | null
}

/** Figures in total and by group, in one pass over the rows. */
export async function getStats(store: Store, query: StatsQuery): Promise<Stats> {
  const { groupBy, window } = query
  const where = filtered(tenantCondition(query.scope, window), query.filter)
  const seconds = secondsOf(window)
  if (groupBy.length === 0) {
    const [row] = await store.query<FiguresRow>(
      `SELECT ${FIGURES} FROM code_exec_logs FINAL WHERE ${where.sql}`,
      where.parameters,
    )
    return { total: toFigures(row, seconds), groups: [], other: null }
  }
  const rows = await store.query<GroupRow>(groupedSql(query, where.sql), {
    ...where.parameters,
    limit: query.limit,
    keys: query.keys?.map((key) => groupBy.map((name) => key[name] ?? '')),
  })
  const of = (kind: GroupRow['kind']): GroupRow[] => rows.filter((row) => row.kind === kind)
  const [other] = of('other')
  return {
    total: toFigures(of('total')[0], seconds),
    groups: of('group').map((row) => Object.assign(toFigures(row, seconds), { key: keyOf(row, groupBy) })),
    other: other === undefined ? null : toFigures(other, seconds),
  }
}

interface GroupRow extends FiguresRow {
  kind: 'total' | 'group' | 'other'
  key: readonly string[]
}

/** The greatest groups are found first; then each row belongs to one of them or to the others. */
function groupedSql({ groupBy, order, keys }: StatsQuery, where: string): string {
  const key = `[${groupBy.map((name) => `ifNull(toString(${columnOf(name)}), '')`).join(', ')}]`
  const greatest = `(SELECT groupArray(key) FROM (
      SELECT ${key} AS key FROM code_exec_logs FINAL WHERE ${where}
      GROUP BY key ORDER BY ${ORDER_SQL[order]} DESC, count() DESC, key LIMIT {limit:UInt32}
    ))`
  return `WITH ${keys === undefined ? greatest : '{keys:Array(Array(String))}'} AS top
    SELECT multiIf(grouping(place) = 1, 'total', place = 0, 'other', 'group') AS kind,
      if(kind = 'group', top[place], []) AS key, ${FIGURES}
    FROM code_exec_logs FINAL WHERE ${where}
    GROUP BY GROUPING SETS ((), (indexOf(top, ${key}) AS place)) ORDER BY place`
}

function keyOf(row: GroupRow, groupBy: readonly GroupField[]): GroupKey {
  return Object.fromEntries(groupBy.map((name, index) => [name, row.key[index] || null]))
}
