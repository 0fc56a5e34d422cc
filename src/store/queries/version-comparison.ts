import type { Store } from '../client.ts'
import { COST } from '../measures.ts'
import type { Scope, Window } from '../scope.ts'
import { narrow, tenantCondition } from '../tenant.ts'

/** Mean and variance of the natural logarithm of a measure. */
interface Moments {
  count: number
  mean: number | null
  variance: number | null
}

/** What is compared between versions beside their figures. */
export interface VersionMoments {
  duration: Moments
  memory: Moments
  cost: Moments
}

/** An error and how often each version had it. */
export interface VersionError {
  fingerprint: string
  message: string
  countA: number
  countB: number
  /** The newest execution with it. */
  executionId: string
}

export interface VersionQuery {
  scope: Scope
  window: Window
  agentId: string
  a: string
  b: string
}

const ERRORS_MAX = 100

/** Moments of each version's measures. */
export async function getVersionMoments(
  store: Store,
  query: VersionQuery,
): Promise<{ a: VersionMoments; b: VersionMoments }> {
  const where = versionCondition(query)
  const rows = await store.query<Record<'version' | keyof VersionMoments, unknown>>(
    `SELECT ifNull(code_agent_version, '') AS version, ${momentsOf('duration_ms')} AS duration,
       ${momentsOf('memory_peak_bytes')} AS memory,
       ${momentsOf(COST)} AS cost
     FROM code_exec_logs FINAL WHERE ${where.sql} GROUP BY version`,
    where.parameters,
  )
  const of = (version: string): VersionMoments => {
    const row = rows.find((found) => found.version === version)
    return {
      duration: toMoments(row?.duration),
      memory: toMoments(row?.memory),
      cost: toMoments(row?.cost),
    }
  }
  return { a: of(query.a), b: of(query.b) }
}

/** Errors of either version, the most frequent first. */
export async function getVersionErrors(store: Store, query: VersionQuery): Promise<VersionError[]> {
  const where = narrow(versionCondition(query), 'error_fingerprint IS NOT NULL', {})
  const rows = await store.query<{ fingerprint: string; message: string; a: string; b: string; id: string }>(
    `SELECT error_fingerprint AS fingerprint, argMax(ifNull(error_message, ''), started_at) AS message,
       countIf(code_agent_version = {a:String}) AS a, countIf(code_agent_version = {b:String}) AS b,
       argMax(code_exec_logs.execution_id, started_at) AS id
     FROM code_exec_logs FINAL WHERE ${where.sql} GROUP BY fingerprint ORDER BY a + b DESC, fingerprint LIMIT ${ERRORS_MAX}`,
    where.parameters,
  )
  return rows.map((row) => ({
    fingerprint: row.fingerprint,
    message: row.message,
    countA: Number(row.a),
    countB: Number(row.b),
    executionId: row.id,
  }))
}

function versionCondition({ scope, window, agentId, a, b }: VersionQuery) {
  return narrow(
    tenantCondition(scope, window),
    'code_agent_id = {agentId:String} AND code_agent_version IN ({a:String}, {b:String})',
    { agentId, a, b },
  )
}

/** Values of 0 have no logarithm and count as a thousandth. */
function momentsOf(value: string): string {
  const logarithm = `log(greatest(toFloat64(${value}), 0.001))`
  return `[toFloat64(count(${value})), avg(${logarithm}), varSampStable(${logarithm})]`
}

function toMoments(values: unknown): Moments {
  if (!Array.isArray(values)) return { count: 0, mean: null, variance: null }
  const [count, mean, variance] = values.map((value) => (typeof value === 'number' ? value : null))
  return { count: count ?? 0, mean: mean ?? null, variance: variance ?? null }
}
