/** The table of figures of each version, and the scores that lists are sorted by. */
import { sql, type Selectable } from 'kysely'
import { SCHEMA, type Queries } from './database.ts'
import type { Tables } from './tables.ts'

/** Figures of the executions of a version, or of all versions of an agent that its readers see. */
export interface VersionFigures {
  runs: number
  successes: number
  /** Of the run alone, ms; null without runs. */
  p50Ms: number | null
  p95Ms: number | null
  /** Sum of the known costs, 10⁻⁹ USD, and the number of executions whose cost is known. */
  costNanoUsd: number
  priced: number
  /** Runs of the last seven days, and of the seven before. */
  recentRuns: number
  earlierRuns: number
  /** ISO 8601 UTC */
  lastRunAt: string | null
}

export interface StoredFigures extends VersionFigures {
  agentId: string
  /** Null: all versions. */
  version: string | null
  refreshedAt: string
}

/** Higher comes first. */
export interface Scores {
  success: number
  cost: number
  latency: number
  trend: number
}

/** The versions whose figures are wanted, with what the store knows them by. */
export interface CountedVersion {
  agentId: string
  /** `namespace/name` */
  name: string
  version: string
  codeSha256: string
  /** The organization whose executions count; null: those of every organization, since all see this version. */
  organizationId: string | null
  /** Whether it counts to the figures of the whole agent. */
  isShown: boolean
}

/** The versions of agents by their names. */
export async function countedVersions(queries: Queries, names: readonly string[]): Promise<CountedVersion[]> {
  if (names.length === 0) return []
  const { rows } = await sql<{
    agent_id: string
    name: string
    version: string
    code_sha256: string
    organization_id: string
    listed: boolean
    review: string | null
  }>`select agents.id as agent_id, agents.namespace || '/' || agents.name as name, versions.version,
      versions.code_sha256, agents.organization_id, agents.listed, versions.review
    from unnest(${[...names]}::text[]) as wanted (name)
    join ${sql.table(`${SCHEMA}.registry_agents`)} agents
      on agents.namespace = split_part(wanted.name, '/', 1) and agents.name = split_part(wanted.name, '/', 2)
    join ${sql.table(`${SCHEMA}.registry_versions`)} versions on versions.agent_id = agents.id`.execute(
    queries,
  )
  return rows.map((row) => {
    const isPublic = row.listed && row.review === 'approved'
    return {
      agentId: row.agent_id,
      name: row.name,
      version: row.version,
      codeSha256: row.code_sha256,
      organizationId: isPublic ? null : row.organization_id,
      isShown: isPublic || !row.listed,
    }
  })
}

/** Names of the agents whose figures were refreshed longest ago, if that is longer than `olderThanMs`. */
export async function dueForRefresh(
  queries: Queries,
  { olderThanMs, limit }: { olderThanMs: number; limit: number },
): Promise<string[]> {
  const rows = await queries
    .selectFrom('registry_statistics')
    .innerJoin('registry_agents', 'registry_agents.id', 'registry_statistics.agent_id')
    .select(['registry_agents.namespace', 'registry_agents.name'])
    .where('registry_statistics.version', '=', '')
    .where(
      'registry_statistics.refreshed_at',
      '<',
      sql<Date>`now() - ${olderThanMs} * interval '1 millisecond'`,
    )
    .orderBy('registry_statistics.refreshed_at')
    .limit(limit)
    .execute()
  return rows.map(({ namespace, name }) => `${namespace}/${name}`)
}

export type NewFigures = VersionFigures & Pick<StoredFigures, 'agentId' | 'version'>

/** Replaces the figures of agents: rows of versions that are not given go. */
export async function putFigures(queries: Queries, figures: readonly NewFigures[]): Promise<void> {
  if (figures.length === 0) return
  const agents = [...new Set(figures.map(({ agentId }) => agentId))]
  await queries.deleteFrom('registry_statistics').where('agent_id', 'in', agents).execute()
  await queries
    .insertInto('registry_statistics')
    .values(
      figures.map((one) => ({
        agent_id: one.agentId,
        version: one.version ?? '',
        runs: one.runs,
        successes: one.successes,
        p50_ms: one.p50Ms,
        p95_ms: one.p95Ms,
        cost_nano_usd: one.costNanoUsd,
        priced: one.priced,
        recent_runs: one.recentRuns,
        earlier_runs: one.earlierRuns,
        last_run_at: one.lastRunAt,
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Removes the figures of an agent, until they are counted again: others see it from now on, or no longer. */
export async function forgetFigures(queries: Queries, agentId: string): Promise<void> {
  await queries.deleteFrom('registry_statistics').where('agent_id', '=', agentId).execute()
  const nothing = { runs: 0, successes: 0, cost_nano_usd: 0, priced: 0, recent_runs: 0, earlier_runs: 0 }
  const none = { p50_ms: null, p95_ms: null, last_run_at: null }
  await queries
    .insertInto('registry_statistics')
    // The next refresh takes what is oldest.
    .values({ agent_id: agentId, version: '', ...nothing, ...none, refreshed_at: new Date(0) })
    .execute()
  await queries
    .updateTable('registry_agents')
    .set({
      runs: 0,
      success_score: -1,
      cost_score: -Infinity,
      latency_score: -Infinity,
      trend_score: 0,
    })
    .where('id', '=', agentId)
    .execute()
}

/** Sets what an agent is sorted by. */
export async function putScores(
  queries: Queries,
  agentId: string,
  { runs, success, cost, latency, trend }: Scores & { runs: number },
): Promise<void> {
  await queries
    .updateTable('registry_agents')
    .set({ runs, success_score: success, cost_score: cost, latency_score: latency, trend_score: trend })
    .where('id', '=', agentId)
    .execute()
}

/** The figures of agents: each as a whole, or with `versions` those of its versions too. */
export async function figuresOf(
  queries: Queries,
  agentIds: readonly string[],
  of: 'agents' | 'versions',
): Promise<StoredFigures[]> {
  if (agentIds.length === 0) return []
  let query = queries
    .selectFrom('registry_statistics')
    .selectAll()
    .where('agent_id', 'in', [...agentIds])
  if (of === 'agents') query = query.where('version', '=', '')
  return (await query.execute()).map(toFigures)
}

/**
 * Claims the refresh for a while, so that one replica does it.
 * @returns up to when the store has been read, ISO 8601 UTC, or null where it never was; undefined where another has the claim
 */
export async function claimRefresh(queries: Queries, forMs: number): Promise<string | null | undefined> {
  const until = sql<Date>`now() + ${forMs} * interval '1 millisecond'`
  const row = await queries
    .insertInto('registry_refresh')
    .values({ one: true, held_until: until })
    .onConflict((conflict) =>
      conflict
        .column('one')
        .doUpdateSet({ held_until: until })
        .where((where) =>
          where.or([
            where('registry_refresh.held_until', 'is', null),
            where('registry_refresh.held_until', '<', sql<Date>`now()`),
          ]),
        ),
    )
    .returning('read_until')
    .executeTakeFirst()
  return row === undefined ? undefined : (row.read_until?.toISOString() ?? null)
}

/** Ends the claim. @param readUntil up to when the store has been read now, ISO 8601 UTC; null: as before */
export async function endRefresh(queries: Queries, readUntil: string | null): Promise<void> {
  await queries
    .updateTable('registry_refresh')
    .set({ held_until: null, ...(readUntil === null ? {} : { read_until: readUntil }) })
    .execute()
}

export function toFigures(row: Selectable<Tables['registry_statistics']>): StoredFigures {
  return {
    agentId: row.agent_id,
    version: row.version || null,
    runs: Number(row.runs),
    successes: Number(row.successes),
    p50Ms: row.p50_ms,
    p95Ms: row.p95_ms,
    costNanoUsd: Number(row.cost_nano_usd),
    priced: Number(row.priced),
    recentRuns: Number(row.recent_runs),
    earlierRuns: Number(row.earlier_runs),
    lastRunAt: row.last_run_at?.toISOString() ?? null,
    refreshedAt: row.refreshed_at.toISOString(),
  }
}
