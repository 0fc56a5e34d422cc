import { toIso } from '../rows.ts'
import type { Store } from '../client.ts'
import { isWanted, settledAt, STATE_OF_GROUP, type ErrorState, type SettledError } from '../error-state.ts'
import type { Filter } from '../filter.ts'
import { failuresSource } from '../rollups/failures.ts'
import type { Scope, Window } from '../scope.ts'

/** Failed executions with the same fingerprint. */
export interface ErrorGroup {
  fingerprint: string
  state: ErrorState
  errorType: string
  /** Of the newest. */
  message: string
  count: number
  /** First seen since the lookback began, perhaps before the window. */
  firstSeen: string
  lastSeen: string
  /** Not seen before the window, as far back as the lookback goes. */
  isNew: boolean
  /** The most frequent, with the number of different ones. */
  agents: Affected
  versions: Affected
  runtimes: Affected
  userCount: number
  /** At most five. */
  organizations: readonly string[]
  /** Counts of equal stretches of the window, oldest first. */
  trend: readonly number[]
  /** The newest, at most three. */
  executionIds: readonly string[]
}

interface Affected {
  count: number
  top: readonly string[]
}

export interface ErrorsQuery {
  scope: Scope
  window: Window
  filter: Filter
  /** Begin of the time in which an error counts as known. */
  lookbackFrom: string
  order: ErrorOrder
  /** Groups that are resolved or ignored; all others are open. */
  settled: readonly SettledError[]
  /** States of the groups to answer with. */
  states: readonly ErrorState[]
  limit: number
}

/** What groups of errors are ordered by, the greatest or newest first. */
export const ERROR_ORDERS = ['count', 'lastSeen', 'firstSeen'] as const
export type ErrorOrder = (typeof ERROR_ORDERS)[number]

const TREND_LENGTH = 24
const TOP = 5
const ORDER_SQL: Readonly<Record<ErrorOrder, string>> = {
  count: 'n',
  lastSeen: 'last_seen',
  firstSeen: 'first_seen',
}

/** Greater for the newer of two executions. As one number, because a tuple takes several times as long to compare. */
const NEWEST = 'bitShiftLeft(toInt128(toUnixTimestamp64Nano(started_at)), 64) + cityHash64(execution_id)'

interface ErrorRow {
  fingerprint: string
  state: ErrorState
  organizations: string[]
  error_type: string
  message: string
  n: string
  first_seen: string
  last_seen: string
  is_new: number
  agents: [string, string[]]
  versions: [string, string[]]
  runtimes: [string, string[]]
  users: string
  trend: string[]
  ids: string[]
}

/** Groups of failed executions, in one pass over those from the lookback to the end of the window. */
export async function getErrors(store: Store, query: ErrorsQuery): Promise<ErrorGroup[]> {
  const { scope, window, lookbackFrom } = query
  const seen = { from: lookbackFrom < window.from ? lookbackFrom : window.from, to: window.to }
  const source = await failuresSource(store, { scope, window: seen, filter: query.filter })
  const rows = await store.query<ErrorRow>(
    `WITH toUnixTimestamp64Milli(started_at) AS ms, ms >= {begin:Int64} AS inside,
       ${settledAt(scope, query.settled)} AS settled_at, ${NEWEST} AS newest
     SELECT error_fingerprint AS fingerprint, ${STATE_OF_GROUP} AS state,
       arraySort(groupUniqArrayIf(${TOP})(organization_id, inside)) AS organizations, argMax(ifNull(error_type, ''), newest) AS error_type,
       argMax(ifNull(error_message, ''), newest) AS message, countIf(inside) AS n,
       min(started_at) AS first_seen, max(started_at) AS last_seen,
       toUnixTimestamp64Milli(first_seen) >= {begin:Int64} AS is_new,
       ${affected('code_agent_id')} AS agents, ${affected("ifNull(code_agent_version, '')")} AS versions,
       ${affected('runtime')} AS runtimes, uniqIf(user_id, inside) AS users,
       sumMapIf([toUInt8(least(${TREND_LENGTH - 1}, intDiv((ms - {begin:Int64}) * ${TREND_LENGTH}, {end:Int64} - {begin:Int64})))], [1], inside) AS trend_map,
       arrayMap(slot -> trend_map.2[indexOf(trend_map.1, slot)], range(${TREND_LENGTH})) AS trend,
       arrayMap(pair -> pair.2, groupArraySortedIf(3)((-ms, execution_id), inside)) AS ids
     FROM ${source.sql} AND ${isWanted(query.states)}
     GROUP BY fingerprint HAVING n > 0 AND has({states:Array(String)}, state)
     ORDER BY ${ORDER_SQL[query.order]} DESC, fingerprint LIMIT {limit:UInt32}`,
    {
      ...source.parameters,
      begin: Date.parse(window.from),
      end: Date.parse(window.to),
      states: query.states,
      limit: query.limit,
    },
  )
  return rows.map(toGroup)
}

/** How many different values, and the most frequent of them; of equally frequent ones the first in order. */
function affected(column: string): string {
  const counts = `counts_${column.replaceAll(/\W/gu, '')}`
  return `(length((sumMapIf([${column}], [1], inside) AS ${counts}).1),
    arrayMap(one -> one.1, arraySlice(arraySort(one -> (-toInt64(one.2), one.1), arrayZip(${counts}.1, ${counts}.2)), 1, ${TOP})))`
}

function toGroup(row: ErrorRow): ErrorGroup {
  return {
    fingerprint: row.fingerprint,
    state: row.state,
    errorType: row.error_type,
    message: row.message,
    count: Number(row.n),
    firstSeen: toIso(row.first_seen),
    lastSeen: toIso(row.last_seen),
    isNew: row.is_new === 1,
    agents: toAffected(row.agents),
    versions: toAffected(row.versions),
    runtimes: toAffected(row.runtimes),
    userCount: Number(row.users),
    organizations: row.organizations,
    trend: row.trend.map(Number),
    executionIds: row.ids,
  }
}

/** The empty text stands for an absent value. */
function toAffected([count, top]: [string, string[]]): Affected {
  const named = top.filter((value) => value !== '')
  return { count: Number(count) - (top.length - named.length), top: named }
}
