/** The table of silences. */
import { sql, type Selectable } from 'kysely'
import type { Scope } from '../store/scope.ts'
import type { Owner } from './alert-rules.ts'
import type { Queries } from './database.ts'
import type { Tables } from './tables.ts'
import { tenantCondition } from './tenant.ts'

/** A time without notifications of alerts. Times are ISO 8601 UTC. */
export interface StoredSilence extends Owner {
  id: string
  /** Null: every rule of the owner. */
  ruleId: string | null
  /** Values that the group of an alert must have. */
  matches: Readonly<Record<string, string | null>>
  comment: string
  startsAt: string
  endsAt: string
  createdBy: string
}

const SILENCES_MAX = 1_000

export async function insertSilence(queries: Queries, silence: StoredSilence): Promise<void> {
  await queries
    .insertInto('alert_silences')
    .values({
      id: silence.id,
      organization_id: silence.organizationId,
      workspace_id: silence.workspaceId,
      rule_id: silence.ruleId,
      matches: JSON.stringify(silence.matches),
      comment: silence.comment,
      starts_at: silence.startsAt,
      ends_at: silence.endsAt,
      created_by: silence.createdBy,
    })
    .execute()
}

/** The silences of a tenant that have not ended, the first to end first. */
export async function listSilences(queries: Queries, scope: Scope): Promise<StoredSilence[]> {
  const rows = await queries
    .selectFrom('alert_silences')
    .selectAll()
    .where(tenantCondition(scope))
    .where('ends_at', '>', sql<Date>`now()`)
    .orderBy('ends_at')
    .limit(SILENCES_MAX)
    .execute()
  return rows.map(toSilence)
}

/** Every silence that covered a time since. */
export async function listSilencesSince(queries: Queries, since: string): Promise<StoredSilence[]> {
  const rows = await queries
    .selectFrom('alert_silences')
    .selectAll()
    .where('ends_at', '>', new Date(since))
    .execute()
  return rows.map(toSilence)
}

/** Ends a silence now. @returns null when the tenant has none of that id that lasts */
export async function endSilence(queries: Queries, scope: Scope, id: string): Promise<StoredSilence | null> {
  const row = await queries
    .updateTable('alert_silences')
    .set({ ends_at: sql<Date>`greatest(now(), starts_at + interval '1 millisecond')` })
    .where(tenantCondition(scope))
    .where('id', '=', id)
    .where('ends_at', '>', sql<Date>`now()`)
    .returningAll()
    .executeTakeFirst()
  return row === undefined ? null : toSilence(row)
}

function toSilence(row: Selectable<Tables['alert_silences']>): StoredSilence {
  return {
    id: row.id,
    organizationId: row.organization_id,
    workspaceId: row.workspace_id,
    ruleId: row.rule_id,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only insertSilence writes it
    matches: row.matches as Record<string, string | null>,
    comment: row.comment,
    startsAt: row.starts_at.toISOString(),
    endsAt: row.ends_at.toISOString(),
    createdBy: row.created_by,
  }
}
