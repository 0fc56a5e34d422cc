/** The greatest of a window by a measure, read only on the days of those agents whose greatest is among them. */
import { TupleParam } from '@clickhouse/client'
import type { Store } from '../client.ts'
import {
  RANK,
  readPage,
  type ListedExecution,
  type ListExecutionsQuery,
  type ListOrder,
} from '../list-page.ts'
import { isWorkspace } from '../scope.ts'
import { narrow, tenantCondition, type Condition } from '../tenant.ts'
import { AGENT } from './dimensions.ts'
import { planRollups } from './plan.ts'

type RankOrder = Exclude<ListOrder, 'newest'>

/** Of an agent's day with kept figures: no execution of it has a greater rank. */
const GREATEST: Readonly<Record<RankOrder, string>> = {
  duration: 'max(duration_max)',
  memory: 'max(memory_max)',
  cost: 'toFloat64(ifNull(max(cost_max), -1))',
}
/** With more of them, all rows are read: they are one parameter of a statement. */
const DAYS_MAX = 2000

interface AgentDay {
  agent: string
  day: string
  greatest: number
}

/** A page of a list by a measure. */
export async function listRanked(
  store: Store,
  query: ListExecutionsQuery,
  order: RankOrder,
): Promise<ListedExecution[]> {
  const days = await greatestDays(store, query, order)
  if (days === null) return readPage(store, query)
  const rows = await readPage(store, query, days.condition)
  const last = rows.length < query.limit ? null : (rows.at(-1)?.position.rank ?? null)
  // Figures outlive the executions that have expired.
  const isWhole = days.least === null || (last !== null && last >= days.least)
  return isWhole ? rows : readPage(store, query)
}

interface GreatestDays {
  condition: Condition
  /** Executions of a greater rank are all on these days; null: all executions are. */
  least: number | null
}

/**
 * Rows among which the page is: as each agent's day has an execution with the day's greatest rank, no more days are needed
 * than the page has rows, besides those that reach beyond the page before. Null where they are not known.
 */
async function greatestDays(
  store: Store,
  { after, filter, limit, scope, window }: ListExecutionsQuery,
  order: RankOrder,
): Promise<GreatestDays | null> {
  // What a filter leaves of a day may have any rank, and days of everyone mix organizations.
  if (filter.terms.length > 0 || filter.text !== undefined || scope === 'all' || isWorkspace(scope))
    return null
  const plan = await planRollups(store, { scope, window, of: 'figures', agentId: null, step: 'day' })
  if (plan === null) return null
  const { rollups, rows } = plan
  // Rows that are replaced are among those without FINAL: the days are at most too many, or the page is found to lack some.
  const found = await store.query<AgentDay>(
    `SELECT agent, day, greatest FROM (
       SELECT toString(code_agent_id) AS agent, toDate(bucket) AS day, ${GREATEST[order]} AS greatest
       FROM code_exec_rollups WHERE ${rollups.sql} AND dimension = '${AGENT.name}' GROUP BY agent, day
       UNION ALL SELECT toString(code_agent_id) AS agent, toDate(started_at) AS day, max(${RANK[order]}) AS greatest
       FROM code_exec_logs WHERE ${rows.sql} GROUP BY agent, day
     ) ORDER BY greatest DESC LIMIT {days:UInt32}`,
    { ...rollups.parameters, ...rows.parameters, days: DAYS_MAX + 1 },
  )
  const beyond = after === null ? 0 : found.findIndex(({ greatest }) => greatest < (after.rank ?? 0))
  const least = beyond < 0 ? null : (found[beyond + limit - 1]?.greatest ?? null)
  const wanted = least === null ? found : found.filter(({ greatest }) => greatest >= least)
  if (wanted.length > DAYS_MAX) return null
  const days = wanted.map(({ agent, day }) => new TupleParam([agent, day]))
  const condition = narrow(
    tenantCondition(scope, window),
    '(code_agent_id, toDate(started_at)) IN {days:Array(Tuple(String, Date))}',
    { days },
  )
  return { condition, least }
}
