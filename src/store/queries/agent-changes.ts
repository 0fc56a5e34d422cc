import type { Store } from '../client.ts'
import type { Filter } from '../filter.ts'
import { LOG_DURATION } from '../measures.ts'
import { AGENT, dimensionOf } from '../rollups/dimensions.ts'
import { figuresSource, type KeptBy } from '../rollups/figures-source.ts'
import { MOMENTS_OF_STATES } from '../rollups/states.ts'
import { isWorkspace, type Scope, type Window } from '../scope.ts'

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
  is_total: number
  agent: string
  hash: string
  agents: string
  n: string
  successes: string
  levels: readonly (number | null)[]
  logarithms: readonly [number | null, number | null]
}

/** All together, and each agent that ran in the window. */
export async function getAgentChanges(
  store: Store,
  { scope, window, baselineFrom, filter, limit }: AgentChangesQuery,
): Promise<{ total: AgentChange; agents: AgentChange[]; agentCount: number }> {
  const now = await getPeriod(store, { scope, window, filter }, { limit, hashes: null })
  const hashes = now.filter((row) => row.is_total === 0).map(({ hash }) => hash)
  const baseline = { from: baselineFrom, to: window.from }
  const before = await getPeriod(store, { scope, window: baseline, filter }, { limit, hashes })
  const [total, earlierTotal] = [now, before].map((rows) => rows.find((row) => row.is_total === 1))
  const earlier = new Map(before.filter((row) => row.is_total === 0).map((row) => [row.agent, row]))
  const agents = now.filter((row) => row.is_total === 0)
  return {
    total: { agentId: null, now: toPeriod(total), before: toPeriod(earlierTotal) },
    agents: agents.map((row) => ({
      agentId: row.agent === '' ? null : row.agent,
      now: toPeriod(row),
      before: toPeriod(earlier.get(row.agent)),
    })),
    agentCount: Number(total?.n ?? 0) === 0 ? 0 : Number(total?.agents),
  }
}

const MOMENTS_OF_ROWS = `count() AS n, countIf(success) AS successes,
  quantilesTDigest(0.5, 0.95)(duration_ms) AS levels,
  [sum(${LOG_DURATION}), sum(${LOG_DURATION} * ${LOG_DURATION})] AS logarithms`

/** @param hashes of the wanted agents, whose ids would be too long for a statement; null: the most active */
async function getPeriod(
  store: Store,
  asked: Pick<AgentChangesQuery, 'scope' | 'window' | 'filter'>,
  { limit, hashes }: { limit: number; hashes: readonly string[] | null },
): Promise<PeriodRow[]> {
  const source = await figuresSource(store, asked, keptBy(asked.scope))
  const key = source.isKept ? source.key : 'code_agent_id'
  const wanted = hashes === null ? 'true' : 'hash IN {hashes:Array(String)}'
  return store.query<PeriodRow>(
    `SELECT toUInt8(grouping(agent)) AS is_total, agent, toString(cityHash64(agent)) AS hash, uniq(${key}) AS agents,
       ${source.isKept ? MOMENTS_OF_STATES : MOMENTS_OF_ROWS}
     FROM ${source.from}
     GROUP BY GROUPING SETS ((), (${key} AS agent)) HAVING or(is_total = 1, ${wanted})
     ORDER BY is_total DESC, n DESC, agent LIMIT {limit:UInt32}`,
    { ...source.parameters, limit: limit + 1, ...(hashes !== null && { hashes }) },
  )
}

function keptBy(scope: Scope): KeptBy | null {
  const reads = MOMENTS_OF_STATES
  if (!isWorkspace(scope)) return { days: AGENT, hours: null, byAgent: true, reads }
  const kept = dimensionOf(scope, 'codeAgentId')
  return kept === null ? null : { ...kept, reads }
}

function toPeriod(row: PeriodRow | undefined): AgentPeriod {
  const count = Number(row?.n ?? 0)
  const [p50 = null, p95 = null] = count === 0 ? [] : (row?.levels ?? [])
  const [sum, squares] = row?.logarithms ?? []
  return {
    count,
    successCount: Number(row?.successes ?? 0),
    durationP50Ms: p50,
    durationP95Ms: p95,
    duration: { count, ...momentsOf(count, sum ?? 0, squares ?? 0) },
  }
}

/** Of a sample; rounding may make the variance of equal values less than 0. */
function momentsOf(
  count: number,
  sum: number,
  squares: number,
): { mean: number | null; variance: number | null } {
  if (count === 0) return { mean: null, variance: null }
  const variance = count === 1 ? null : Math.max(0, (squares - (sum * sum) / count) / (count - 1))
  return { mean: sum / count, variance }
}
