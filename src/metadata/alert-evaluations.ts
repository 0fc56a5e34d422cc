/** The table of windows that were evaluated. */
import { sql, type Selectable } from 'kysely'
import type { Scope } from '../store/scope.ts'
import type { Queries } from './database.ts'
import type { Tables } from './tables.ts'
import { tenantCondition } from './tenant.ts'

export const EVALUATION_STATES = ['ok', 'pending', 'firing', 'unknown', 'failed', 'skipped'] as const
export type EvaluationState = (typeof EVALUATION_STATES)[number]

/** One window of a rule. Times are ISO 8601 UTC. */
export interface StoredEvaluation {
  ruleId: string
  windowEnd: string
  evaluatedAt: string
  /** `unknown`: too few executions; `failed`: the store did not answer; `skipped`: too long ago when it was found. */
  state: EvaluationState
  /** Of the group that needs attention most. */
  value: number | null
  sampleCount: number | null
  reason: string
  /** The groups that need attention most, at most twenty. */
  groups: readonly unknown[]
}

const INSERTED = 500
/** Windows in which nothing happened are kept for so long, the others longer. */
const QUIET_DAYS = 3
const KEPT_DAYS = 30

/** Writes windows. One that is there is written over: a failed one was tried again. */
export async function saveEvaluations(
  queries: Queries,
  evaluations: readonly Omit<StoredEvaluation, 'evaluatedAt'>[],
): Promise<void> {
  for (let done = 0; done < evaluations.length; done += INSERTED) {
    await queries
      .insertInto('alert_evaluations')
      .values(
        evaluations.slice(done, done + INSERTED).map((one) => ({
          rule_id: one.ruleId,
          window_end: one.windowEnd,
          state: one.state,
          value: one.value,
          sample_count: one.sampleCount,
          reason: one.reason,
          groups: JSON.stringify(one.groups),
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(['rule_id', 'window_end']).doUpdateSet((row) => ({
          evaluated_at: sql<Date>`now()`,
          state: row.ref('excluded.state'),
          value: row.ref('excluded.value'),
          sample_count: row.ref('excluded.sample_count'),
          reason: row.ref('excluded.reason'),
          groups: row.ref('excluded.groups'),
        })),
      )
      .execute()
  }
}

export interface EvaluationsQuery {
  ruleId: string
  states: readonly EvaluationState[]
  /** Windows that end before. */
  before: string | null
  limit: number
}

/** Windows of a rule, the newest first. */
export async function listEvaluations(
  queries: Queries,
  { ruleId, states, before, limit }: EvaluationsQuery,
): Promise<StoredEvaluation[]> {
  let query = queries
    .selectFrom('alert_evaluations')
    .selectAll()
    .where('rule_id', '=', ruleId)
    .where('state', 'in', [...states])
    .orderBy('window_end', 'desc')
    .limit(limit)
  if (before !== null) query = query.where('window_end', '<', new Date(before))
  return (await query.execute()).map(toEvaluation)
}

export interface PipelineValuesQuery {
  fault: string
  everySeconds: number
  /** Ends of windows, both included. */
  from: string
  to: string
}

/** What rules of a tenant saw of a fault of the pipeline, by the ends of their windows, ms, since they are as they are. */
export async function pipelineValues(
  queries: Queries,
  scope: Scope,
  { fault, everySeconds, from, to }: PipelineValuesQuery,
): Promise<Map<number, number>> {
  const rows = await queries
    .selectFrom('alert_evaluations as windows')
    .innerJoin('alert_rules as rules', 'rules.id', 'windows.rule_id')
    .select(['windows.window_end', (of) => of.fn.max('windows.value').as('value')])
    .where(tenantCondition(scope))
    .where(
      sql<boolean>`rules.definition->'condition' @> ${JSON.stringify({ kind: 'pipeline', fault })}::jsonb`,
    )
    .where(sql<boolean>`rules.definition @> ${JSON.stringify({ everySeconds })}::jsonb`)
    .whereRef('windows.window_end', '>=', 'rules.updated_at')
    .where('windows.window_end', '>=', new Date(from))
    .where('windows.window_end', '<=', new Date(to))
    .where('windows.value', 'is not', null)
    .groupBy('windows.window_end')
    .execute()
  return new Map(rows.map(({ window_end: end, value }) => [end.getTime(), Number(value)]))
}

/** Removes windows that are kept no longer. */
export async function pruneEvaluations(queries: Queries): Promise<void> {
  await queries
    .deleteFrom('alert_evaluations')
    .where('window_end', '<', sql<Date>`now() - make_interval(days => ${QUIET_DAYS})`)
    .where((where) =>
      where.or([
        where('state', 'in', ['ok', 'unknown']),
        where('window_end', '<', sql<Date>`now() - make_interval(days => ${KEPT_DAYS})`),
      ]),
    )
    .execute()
}

function toEvaluation(row: Selectable<Tables['alert_evaluations']>): StoredEvaluation {
  return {
    ruleId: row.rule_id,
    windowEnd: row.window_end.toISOString(),
    evaluatedAt: row.evaluated_at.toISOString(),
    state: row.state,
    value: row.value,
    sampleCount: row.sample_count,
    reason: row.reason,
    groups: row.groups,
  }
}
