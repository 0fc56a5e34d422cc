import { columnOf } from '../../record/columns.ts'
import type { FieldName } from '../../record/record.ts'
import { LANGUAGES, OUTCOMES, RUNTIMES } from '../../record/values.ts'
import type { Store } from '../client.ts'
import type { Filter } from '../filter.ts'
import { toFigures, type Figures, type FiguresRow } from '../measures.ts'
import { AGENT, dimensionOf } from '../rollups/dimensions.ts'
import { figuresSource, type FiguresSource, type KeptBy } from '../rollups/figures-source.ts'
import { FIGURES_OF_STATES, ORDER_OF_STATES, statesOfStates, statesReadBy } from '../rollups/states.ts'
import { isWorkspace, secondsOf, type Scope, type Window } from '../scope.ts'
import { getTrends, type Trend } from '../trends.ts'

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

export interface StatsQuery {
  scope: Scope
  window: Window
  filter: Filter
  /** At most two; none for only the total. */
  groupBy: readonly GroupField[]
  order: GroupOrder
  /** Maximum of groups; the rest is `other`. */
  limit: number
  /** The groups themselves, for a comparison; else the greatest. */
  keys?: readonly GroupKey[]
  /** Stretches of the window in the trend of a group; absent: no trend. */
  trend?: number | undefined
}

/** Values of the fields of a group; null is an absent value. */
export type GroupKey = Readonly<Partial<Record<GroupField, string | null>>>

/** Figures of the executions with the same values of the fields. */
export interface StatsGroup extends Figures {
  key: GroupKey
  trend?: Trend | undefined
}

export interface Stats {
  total: Figures
  groups: readonly StatsGroup[]
  /** All executions outside of `groups`; null when there are none. */
  other: Figures | null
}

/** Figures in total and by group. */
export async function getStats(store: Store, query: StatsQuery): Promise<Stats> {
  const stats = await getFigures(store, query)
  const { trend, groupBy } = query
  if (trend === undefined || stats.groups.length === 0) return stats
  const groups = stats.groups.map(({ key }) => groupBy.map((name) => key[name] ?? ''))
  const trends = await getTrends(store, { ...query, groups, slots: trend })
  return {
    ...stats,
    groups: stats.groups.map((group, index) => Object.assign(group, { trend: trends[index] })),
  }
}

async function getFigures(store: Store, query: StatsQuery): Promise<Stats> {
  const { groupBy, window } = query
  const seconds = secondsOf(window)
  const source = await figuresSource(store, query, keptBy(query))
  if (groupBy.length === 0) {
    const [row] = await store.query<FiguresRow>(
      `SELECT ${source.figures} FROM ${source.from}`,
      source.parameters,
    )
    return { total: toFigures(row, seconds), groups: [], other: null }
  }
  const rows = (await readEveryGroup(store, query, source)) ?? (await readGroups(store, query, source))
  const of = (kind: GroupRow['kind']): GroupRow[] => rows.filter((row) => row.kind === kind)
  const [other] = of('other')
  return {
    total: toFigures(of('total')[0], seconds),
    groups: of('group').map((row) => Object.assign(toFigures(row, seconds), { key: keyOf(row, groupBy) })),
    other: other === undefined ? null : toFigures(other, seconds),
  }
}

/** Fields of few values, and how many they are. */
const FEW: Readonly<Partial<Record<GroupField, number>>> = {
  outcome: OUTCOMES.length,
  runtime: RUNTIMES.length,
  language: LANGUAGES.length,
}

/** Groups by a field of few values in one pass, since no place has to be known for it; null where they may be too many. */
async function readEveryGroup(
  store: Store,
  { groupBy, keys, limit, order }: StatsQuery,
  { figures, from, isKept, key: source, order: orders, parameters }: FiguresSource,
): Promise<GroupRow[] | null> {
  const [field, ...others] = groupBy
  if (field === undefined || others.length > 0 || keys !== undefined || (FEW[field] ?? Infinity) > limit)
    return null
  const rows = await store.query<GroupRow>(
    `SELECT if(grouping(own) = 1, 'total', 'group') AS kind, [own] AS key, ${figures}
     FROM ${from} GROUP BY GROUPING SETS ((), (${isKept ? source : textOf(field)} AS own))
     ORDER BY kind = 'total' DESC, ${orders[order]} DESC, ${orders.count} DESC, key LIMIT {limit:UInt32} + 2`,
    { ...parameters, limit },
  )
  return rows.length > limit + 1 ? null : rows
}

function readGroups(store: Store, query: StatsQuery, source: FiguresSource): Promise<GroupRow[]> {
  return store.query<GroupRow>((source.isKept ? groupedStatesSql : groupedRowsSql)(query, source), {
    ...source.parameters,
    limit: query.limit,
    keys: query.keys?.map((key) => query.groupBy.map((name) => key[name] ?? '')),
  })
}

/** The value of a field as text; the empty one stands for an absent value. */
function textOf(field: GroupField): string {
  return `ifNull(toString(${columnOf(field)}), '')`
}

interface GroupRow extends FiguresRow {
  kind: 'total' | 'group' | 'other'
  key: readonly string[]
}

/** Figures are kept by one field at most, those of agents by the day. */
function keptBy({ scope, groupBy, order }: StatsQuery): KeptBy | null {
  const [field = null, ...others] = groupBy
  if (others.length > 0) return null
  const reads = FIGURES_OF_STATES + ORDER_OF_STATES[order]
  if (field === 'codeAgentId' && !isWorkspace(scope))
    return { days: AGENT, hours: null, byAgent: true, reads }
  const kept = dimensionOf(scope, field)
  return kept === null ? null : { ...kept, reads }
}

const KIND = "multiIf(grouping(place) = 1, 'total', place = 0, 'other', 'group') AS kind"
const GIVEN_KEYS = '{keys:Array(Array(String))}'

/** States of every group are merged in one pass; then each group has a place, or belongs to the others. */
function groupedStatesSql(
  { order, keys }: StatsQuery,
  { figures, from, key: source, order: orders }: FiguresSource,
): string {
  const rank = `row_number() OVER (ORDER BY ${orders[order]} DESC, ${orders.count} DESC, key)`
  const place =
    keys === undefined ? `if(${rank} <= {limit:UInt32}, ${rank}, 0)` : `indexOf(${GIVEN_KEYS}, key)`
  return `SELECT ${KIND}, if(kind = 'group', any(s.key), []) AS key, ${figures}
    FROM (SELECT [${source}] AS key, ${statesOfStates(statesReadBy(figures + orders[order]))}, ${place} AS place
      FROM ${from} GROUP BY key) AS s
    GROUP BY GROUPING SETS ((), (place)) ORDER BY place`
}

/** The greatest groups are found first; then each row belongs to one of them or to the others. */
function groupedRowsSql(
  { groupBy, order, keys }: StatsQuery,
  { figures, from, order: orders }: FiguresSource,
): string {
  const key = `[${groupBy.map(textOf).join(', ')}]`
  const greatest = `(SELECT groupArray(key) FROM (
      SELECT ${key} AS key FROM ${from}
      GROUP BY key ORDER BY ${orders[order]} DESC, ${orders.count} DESC, key LIMIT {limit:UInt32}
    ))`
  return `WITH ${keys === undefined ? greatest : GIVEN_KEYS} AS top
    SELECT ${KIND}, if(kind = 'group', top[place], []) AS key, ${figures}
    FROM ${from}
    GROUP BY GROUPING SETS ((), (indexOf(top, ${key}) AS place)) ORDER BY place`
}

function keyOf(row: GroupRow, groupBy: readonly GroupField[]): GroupKey {
  return Object.fromEntries(groupBy.map((name, index) => [name, row.key[index] || null]))
}
