/** Figures of versions of code agents, from the executions that ran their very code. */
import type { ErrorType } from '../../record/values.ts'
import type { Store } from '../client.ts'
import { COST } from '../measures.ts'
import { toClickHouseTime } from '../rows.ts'
import type { Scope, Window } from '../scope.ts'
import { narrow, tenantCondition } from '../tenant.ts'

/** A version as records name it. */
export interface RanVersion {
  /** `namespace/name` */
  name: string
  version: string
  codeSha256: string
  /** The organization whose executions count; null: those of every one. */
  organizationId: string | null
}

export interface RanFigures {
  name: string
  /** Null: of all given versions of the agent. */
  version: string | null
  runs: number
  successes: number
  /** ms */
  p50Ms: number
  p95Ms: number
  /** Sum of the known costs, 10⁻⁹ USD, and the number of executions that have one. */
  costNanoUsd: number
  priced: number
  recentRuns: number
  earlierRuns: number
  /** ISO 8601 UTC */
  lastRunAt: string
}

interface Row {
  name: string
  version?: string
  runs: string
  successes: string
  p50: number
  p95: number
  cost: string | null
  priced: string
  recent: string
  earlier: string
  last: string
}

/** Names of agents, of the form `namespace/name`, whose rows arrived since; at most `limit`. @param since ISO 8601 UTC */
export async function getRanAgents(
  store: Store,
  { scope, window, since, limit }: { scope: Scope; window: Window; since: string; limit: number },
): Promise<string[]> {
  const where = narrow(
    tenantCondition(scope, window),
    "inserted_at >= {since:DateTime64(9)} AND match(code_agent_id, '^[a-z0-9-]{1,40}/[a-z0-9-]{1,40}$')",
    { since: toClickHouseTime(since), limit },
  )
  const rows = await store.query<{ name: string }>(
    `SELECT DISTINCT code_agent_id AS name FROM code_exec_logs WHERE ${where.sql} LIMIT {limit:UInt32}`,
    where.parameters,
  )
  return rows.map(({ name }) => name)
}

/**
 * Figures of the given versions, or of the agents over all of their given versions, where there were runs.
 * @param recent beginning of the seven days that a trend looks at, ISO 8601 UTC
 */
export async function getVersionFigures(
  store: Store,
  asked: {
    scope: Scope
    window: Window
    recent: string
    versions: readonly RanVersion[]
    by: 'version' | 'agent'
  },
): Promise<RanFigures[]> {
  const { scope, window, recent, versions, by } = asked
  const where = narrow(tenantCondition(scope, window), RAN, {
    names: [...new Set(versions.map(({ name }) => name))],
    open: versions.filter(({ organizationId }) => organizationId === null).map(keyOf),
    own: versions.filter(({ organizationId }) => organizationId !== null).map(ownKeyOf),
    never: NEVER_RAN,
    recent: toClickHouseTime(recent),
    earlier: toClickHouseTime(new Date(Date.parse(recent) - SEVEN_DAYS_MS).toISOString()),
  })
  const columns =
    by === 'version' ? 'code_agent_id AS name, code_agent_version AS version' : 'code_agent_id AS name'
  const rows = await store.query<Row>(
    `SELECT ${columns}, ${FIGURES} FROM code_exec_logs FINAL WHERE ${where.sql}
     GROUP BY ${by === 'version' ? 'name, version' : 'name'}`,
    where.parameters,
  )
  return rows.map(toFigures)
}

const SEVEN_DAYS_MS = 7 * 86_400_000
const KEY = "concat(assumeNotNull(code_agent_id), '@', coalesce(code_agent_version, ''), '@', code_sha256)"
/** A name and a hash have no `@`, so that no two versions have one key. */
const RAN = `code_agent_id IN {names:Array(String)}
  AND or(${KEY} IN {open:Array(String)}, concat(${KEY}, '@', organization_id) IN {own:Array(String)})
  AND NOT has({never:Array(String)}, coalesce(error_type, ''))`
/** Of these the agent never ran: what its caller gave was refused, or there was no place to run it. */
const NEVER_RAN = ['validation_input', 'policy', 'runtime_unavailable'] satisfies ErrorType[]

const FIGURES = `count() AS runs, countIf(success) AS successes,
  quantile(0.5)(duration_ms) AS p50, quantile(0.95)(duration_ms) AS p95,
  sum(${COST}) AS cost, count(${COST}) AS priced,
  countIf(started_at >= {recent:DateTime64(9)}) AS recent,
  countIf(and(started_at >= {earlier:DateTime64(9)}, started_at < {recent:DateTime64(9)})) AS earlier,
  toString(max(started_at)) AS last`

function keyOf({ name, version, codeSha256 }: RanVersion): string {
  return `${name}@${version}@${codeSha256}`
}

function ownKeyOf(version: RanVersion): string {
  return `${keyOf(version)}@${version.organizationId ?? ''}`
}

function toFigures(row: Row): RanFigures {
  return {
    name: row.name,
    version: row.version ?? null,
    runs: Number(row.runs),
    successes: Number(row.successes),
    p50Ms: row.p50,
    p95Ms: row.p95,
    costNanoUsd: Number(row.cost ?? 0),
    priced: Number(row.priced),
    recentRuns: Number(row.recent),
    earlierRuns: Number(row.earlier),
    lastRunAt: new Date(`${row.last.replace(' ', 'T').slice(0, 23)}Z`).toISOString(),
  }
}
