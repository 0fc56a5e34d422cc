import { mapNames } from '../../record/record.ts'
import { OUTCOMES, type Outcome } from '../../record/values.ts'
import type { Store } from '../client.ts'
import { FIGURES, toFigures, type Figures, type FiguresRow } from '../measures.ts'
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
  const { scope, agentId, window, compare } = query
  const [stats, topErrors, previous] = await Promise.all([
    readStats(store, query),
    readTopErrors(store, agentCondition(scope, agentId, window)),
    compare === 'previous' ? readStats(store, { ...query, window: windowBefore(window) }) : null,
  ])
  return { ...stats, topErrors, ...(previous === null ? {} : { previous }) }
}

function agentCondition(scope: Scope, agentId: string, window: Window): Condition {
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

async function readStats(store: Store, { scope, agentId, window }: AgentStatsQuery): Promise<Stats> {
  const where = agentCondition(scope, agentId, window)
  const rows = await store.query<StatsRow>(`${STATS} WHERE ${where.sql} ${SETS}`, where.parameters)
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

async function readTopErrors(store: Store, where: Condition): Promise<ErrorGroup[]> {
  const rows = await store.query<ErrorRow>(
    `SELECT error_fingerprint AS fingerprint, argMax(coalesce(error_message, ''), started_at) AS message, count() AS n,
       max(started_at) AS last_seen, argMax(code_exec_logs.execution_id, started_at) AS execution_id
     FROM code_exec_logs FINAL WHERE ${where.sql} AND error_fingerprint IS NOT NULL
     GROUP BY fingerprint ORDER BY n DESC, last_seen DESC LIMIT ${TOP_ERRORS}`,
    where.parameters,
  )
  return rows.map((row) => ({
    fingerprint: row.fingerprint,
    message: row.message ?? '',
    count: Number(row.n),
    lastSeen: toIso(row.last_seen),
    executionId: row.execution_id,
  }))
}
