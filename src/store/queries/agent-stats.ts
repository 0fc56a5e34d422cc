import { mapNames } from '../../record/record.ts'
import { OUTCOMES, type Outcome } from '../../record/values.ts'
import type { Store } from '../client.ts'
import { FIGURES, toFigures, type Figures, type FiguresRow } from '../measures.ts'
import { AGENT, AGENT_DIMENSIONS, AGENT_ERRORS } from '../rollups/dimensions.ts'
import { planRollups, type RollupPlan } from '../rollups/plan.ts'
import { rollupSource } from '../rollups/source.ts'
import { DURATIONS_OF_STATES, FIGURES_OF_STATES } from '../rollups/states.ts'
import { toIso } from '../rows.ts'
import { secondsOf, windowBefore, type Scope, type Window } from '../scope.ts'
import { narrow, tenantCondition, type Condition } from '../tenant.ts'

/** Executions with the same value of one field. */
type Group<Key> = { key: Key } & Pick<Figures, 'count' | 'successRate' | 'durationMs'>

interface ErrorGroup {
  fingerprint: string
  message: string
  count: number
  lastSeen: string
  /** The newest execution with this error. */
  executionId: string
}

/** Statistics of one agent in a window. */
export interface AgentStats extends Figures {
  agentId: string
  window: Window
  byOutcome: Readonly<Record<Outcome, number>>
  byRuntime: readonly Group<string>[]
  byLanguage: readonly Group<string>[]
  byExitCode: readonly Group<number | null>[]
  topErrors: readonly ErrorGroup[]
  firstSeen: string | null
  lastSeen: string | null
  /** The preceding window of the same length, if requested. */
  previous?: Omit<AgentStats, 'previous' | 'topErrors'>
}

export interface AgentStatsQuery {
  scope: Scope
  agentId: string
  window: Window
  compare?: 'previous' | undefined
}

const TOP_ERRORS = 10

/** Counts, rates, distributions, groups and top errors of one agent. */
export async function getAgentStats(store: Store, query: AgentStatsQuery): Promise<AgentStats> {
  const { window, compare } = query
  const before = compare === 'previous' ? windowBefore(window) : null
  const [[stats, topErrors], previous] = await Promise.all([
    readWindow(store, query),
    before === null ? null : readWindow(store, { ...query, window: before }),
  ])
  return { ...stats, topErrors, ...(previous === null ? {} : { previous: previous[0] }) }
}

async function readWindow(store: Store, query: AgentStatsQuery): Promise<[Stats, ErrorGroup[]]> {
  const plan = await planRollups(store, { ...query, of: 'figures', step: 'day' })
  return Promise.all([readStats(store, query, plan), readTopErrors(store, query, plan)])
}

function agentCondition({ scope, agentId, window }: AgentStatsQuery): Condition {
  return narrow(tenantCondition(scope, window), 'code_agent_id = {agentId:String}', { agentId })
}

interface StatsRow extends FiguresRow {
  kind: 'all' | 'outcome' | 'runtime' | 'language' | 'exit_code'
  outcome: string
  runtime: string
  language: string
  exit_code: number | null
  first_seen: string
  last_seen: string
}

/** Totals and groups are grouping sets, so that one pass over the rows computes them all. */
const STATS = `SELECT
  multiIf(grouping(outcome) = 0, 'outcome', grouping(runtime) = 0, 'runtime', grouping(language) = 0, 'language', grouping(exit_code) = 0, 'exit_code', 'all') AS kind,
  outcome, runtime, language, exit_code, ${FIGURES}, min(started_at) AS first_seen, max(started_at) AS last_seen
FROM code_exec_logs FINAL`
const SETS = 'GROUP BY GROUPING SETS ((), (outcome), (runtime), (language), (exit_code)) ORDER BY n DESC'

type Stats = Omit<AgentStats, 'previous' | 'topErrors'>

/** By the name of a dimension of an agent. */
const KINDS: Readonly<Record<string, StatsRow['kind']>> = {
  agent: 'all',
  'agent.outcome': 'outcome',
  'agent.runtime': 'runtime',
  'agent.language': 'language',
  'agent.exitCode': 'exit_code',
}

interface KeptRow extends Omit<StatsRow, 'kind' | 'outcome' | 'runtime' | 'language' | 'exit_code'> {
  dimension: string
  value: string
}

async function readRows(store: Store, query: AgentStatsQuery, plan: RollupPlan | null): Promise<StatsRow[]> {
  if (plan === null) {
    const where = agentCondition(query)
    return store.query<StatsRow>(`${STATS} WHERE ${where.sql} ${SETS}`, where.parameters)
  }
  const { agentId } = query
  const ofAll = `${FIGURES_OF_STATES}, min(s.first_seen) AS first_seen, max(s.last_seen) AS last_seen`
  const all = rollupSource(plan, { dimensions: [AGENT], agentId, reads: ofAll })
  const groups = rollupSource(plan, { dimensions: AGENT_DIMENSIONS, agentId, reads: DURATIONS_OF_STATES })
  const parts = await Promise.all([
    store.query<KeptRow>(
      `SELECT 'agent' AS dimension, '' AS value, ${ofAll} FROM ${all.sql}`,
      all.parameters,
    ),
    store.query<KeptRow>(
      `SELECT s.dimension AS dimension, s.value AS value, ${DURATIONS_OF_STATES}
       FROM ${groups.sql} GROUP BY dimension, value ORDER BY n DESC`,
      groups.parameters,
    ),
  ])
  const rows = parts.flat()
  return rows.map((row) =>
    Object.assign(row, {
      kind: KINDS[row.dimension] ?? 'all',
      outcome: row.value,
      runtime: row.value,
      language: row.value,
      exit_code: row.value === '' ? null : Number(row.value),
    }),
  )
}

async function readStats(store: Store, query: AgentStatsQuery, plan: RollupPlan | null): Promise<Stats> {
  const { agentId, window } = query
  const rows = await readRows(store, query, plan)
  const all = rows.find((row) => row.kind === 'all')
  const figures = toFigures(all, secondsOf(window))
  const of = (kind: StatsRow['kind']): StatsRow[] => rows.filter((row) => row.kind === kind)
  const counts = new Map(of('outcome').map((row) => [row.outcome, Number(row.n)]))
  const seen = figures.count === 0 || all === undefined ? null : all
  return {
    agentId,
    window,
    ...figures,
    byOutcome: mapNames(OUTCOMES, (outcome) => counts.get(outcome) ?? 0),
    byRuntime: of('runtime').map((row) => toGroup(row, row.runtime)),
    byLanguage: of('language').map((row) => toGroup(row, row.language)),
    byExitCode: of('exit_code').map((row) => toGroup(row, row.exit_code)),
    firstSeen: seen === null ? null : toIso(seen.first_seen),
    lastSeen: seen === null ? null : toIso(seen.last_seen),
  }
}

function toGroup<Key>(row: StatsRow, key: Key): Group<Key> {
  const { count, successRate, durationMs } = toFigures(row, 0)
  return { key, count, successRate, durationMs }
}

interface ErrorRow {
  fingerprint: string
  message: string | null
  n: string
  last_seen: string
  execution_id: string
}

async function readTopErrors(
  store: Store,
  query: AgentStatsQuery,
  plan: RollupPlan | null,
): Promise<ErrorGroup[]> {
  const rows = await readErrorRows(store, query, plan)
  return rows.map((row) => ({
    fingerprint: row.fingerprint,
    message: row.message ?? '',
    count: Number(row.n),
    lastSeen: toIso(row.last_seen),
    executionId: row.execution_id,
  }))
}

function readErrorRows(store: Store, query: AgentStatsQuery, plan: RollupPlan | null): Promise<ErrorRow[]> {
  const order = `ORDER BY n DESC, last_seen DESC LIMIT ${TOP_ERRORS}`
  if (plan === null) {
    const where = agentCondition(query)
    return store.query(
      `SELECT error_fingerprint AS fingerprint, argMax(coalesce(error_message, ''), started_at) AS message, count() AS n,
         max(started_at) AS last_seen, argMax(code_exec_logs.execution_id, started_at) AS execution_id
       FROM code_exec_logs FINAL WHERE ${where.sql} AND error_fingerprint IS NOT NULL
       GROUP BY fingerprint ${order}`,
      where.parameters,
    )
  }
  const reads = `argMax(s.message, s.last_seen) AS message, sum(s.n) AS n,
    max(s.last_seen) AS last_seen, argMax(s.execution_id, s.last_seen) AS execution_id`
  const { sql, parameters } = rollupSource(plan, {
    dimensions: [AGENT_ERRORS],
    agentId: query.agentId,
    reads,
  })
  return store.query(
    `SELECT s.value AS fingerprint, ${reads} FROM ${sql} GROUP BY fingerprint HAVING fingerprint != '' ${order}`,
    parameters,
  )
}
