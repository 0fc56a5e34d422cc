import type { Store } from '../client.ts'
import { filtered, type Filter } from '../filter.ts'
import type { Scope, Window } from '../scope.ts'
import { narrow, tenantCondition } from '../tenant.ts'

/** Executions of one agent, or of all, in one window. Times are ms, null where nothing ran. */
export interface AgentPeriod {
  count: number
  successCount: number
  durationP50Ms: number | null
  durationP95Ms: number | null
  /** Of the natural logarithm of the duration. */
  duration: { count: number; mean: number | null; variance: number | null }
}

/** One agent in a window and in the time before it; the id is null for executions without an agent. */
export interface AgentChange {
  agentId: string | null
  now: AgentPeriod
  before: AgentPeriod
}

export interface AgentChangesQuery {
  scope: Scope
  window: Window
  /** Begin of the time before, which ends where the window begins. */
  baselineFrom: string
  filter: Filter
  /** Agents, the most active in the window first. */
  limit: number
}

interface PeriodRow {
  n: string
  good: string
  levels: readonly (number | null)[]
  moments: readonly (number | null)[]
}
interface ChangeRow {
  is_total: number
  agent: string
  agents: string
  current: PeriodRow
  earlier: PeriodRow
}

/** All together, and each agent that ran in the window, in one pass over the rows. */
export async function getAgentChanges(
  store: Store,
  { scope, window, baselineFrom, filter, limit }: AgentChangesQuery,
): Promise<{ total: AgentChange; agents: AgentChange[]; agentCount: number }> {
  const where = narrow(
    filtered(tenantCondition(scope, { from: baselineFrom, to: window.to }), filter),
    'true',
    { begin: Date.parse(window.from), limit: limit + 1 },
  )
  const rows = await store.query<ChangeRow>(
    `WITH toUnixTimestamp64Milli(started_at) >= {begin:Int64} AS inside,
       log(greatest(toFloat64(duration_ms), 0.001)) AS logarithm
     SELECT toUInt8(grouping(code_agent_id)) AS is_total, code_agent_id AS agent,
       uniqIf(code_agent_id, inside) AS agents,
       ${periodOf('inside')} AS current, ${periodOf('NOT inside')} AS earlier
     FROM code_exec_logs FINAL WHERE ${where.sql}
     GROUP BY GROUPING SETS ((), (code_agent_id)) HAVING or(is_total = 1, countIf(inside) > 0)
     ORDER BY is_total DESC, countIf(inside) DESC, agent LIMIT {limit:UInt32}`,
    where.parameters,
  )
  const total = rows.find((row) => row.is_total === 1)
  return {
    total: { agentId: null, now: toPeriod(total?.current), before: toPeriod(total?.earlier) },
    agents: rows.filter((row) => row.is_total === 0).map(toChange),
    agentCount: Number(total?.agents ?? 0),
  }
}

function periodOf(condition: string): string {
  return `CAST((toString(countIf(${condition})), toString(countIf(success AND ${condition})),
    quantilesTDigestIf(0.5, 0.95)(duration_ms, ${condition}),
    [toFloat64(countIf(${condition})), avgIf(logarithm, ${condition}), varSampStableIf(logarithm, ${condition})]),
    'Tuple(n String, good String, levels Array(Float64), moments Array(Float64))')`
}

function toChange({ agent, current, earlier }: ChangeRow): AgentChange {
  return { agentId: agent === '' ? null : agent, now: toPeriod(current), before: toPeriod(earlier) }
}

function toPeriod(row: PeriodRow | undefined): AgentPeriod {
  const count = Number(row?.n ?? 0)
  const [p50 = null, p95 = null] = count === 0 ? [] : (row?.levels ?? [])
  const [, mean = null, variance = null] = row?.moments ?? []
  return {
    count,
    successCount: Number(row?.good ?? 0),
    durationP50Ms: p50,
    durationP95Ms: p95,
    duration: { count, mean, variance },
  }
}
