/** The table of changes. */
import type { Selectable } from 'kysely'
import type { Scope } from '../store/scope.ts'
import type { AuditAction } from './audit-actions.ts'
import type { Queries } from './database.ts'
import type { Tables } from './tables.ts'
import { tenantCondition } from './tenant.ts'

/** Who changes something, and from which network address. */
export interface Actor {
  /** Null: exectrail itself. */
  keyId: string | null
  name: string
  address: string | null
}

/** Who asks for a change, and the rows that they may change. */
export interface Caller {
  scope: Scope
  actor: Actor
}

export interface NewAuditEntry {
  actor: Actor
  action: AuditAction
  /** Id of what is changed. */
  subject: string
  /** Whose thing is changed; null: the whole installation. */
  organizationId: string | null
  workspaceId: string | null
  /** What is changed, without secrets. */
  detail: Readonly<Record<string, unknown>>
}

export interface AuditEntry extends NewAuditEntry {
  id: string
  /** ISO 8601 UTC. */
  at: string
}

export interface AuditQuery {
  action?: AuditAction | undefined
  subject?: string | undefined
  /** Entries with smaller ids. */
  before: string | null
  limit: number
}

/** Writes a change. Call it in the transaction that makes the change. */
export async function appendAudit(queries: Queries, entry: NewAuditEntry): Promise<void> {
  await queries
    .insertInto('audit_log')
    .values({
      actor_key_id: entry.actor.keyId,
      actor_name: entry.actor.name,
      address: entry.actor.address,
      organization_id: entry.organizationId,
      workspace_id: entry.workspaceId,
      action: entry.action,
      subject: entry.subject,
      detail: JSON.stringify(entry.detail),
    })
    .execute()
}

/** The changes of a tenant, newest first. */
export async function listAudit(
  queries: Queries,
  scope: Scope,
  { action, subject, before, limit }: AuditQuery,
): Promise<AuditEntry[]> {
  let query = queries
    .selectFrom('audit_log')
    .selectAll()
    .where(tenantCondition(scope))
    .orderBy('id', 'desc')
    .limit(limit)
  if (action !== undefined) query = query.where('action', '=', action)
  if (subject !== undefined) query = query.where('subject', '=', subject)
  if (before !== null) query = query.where('id', '<', before)
  return (await query.execute()).map(toEntry)
}

function toEntry(row: Selectable<Tables['audit_log']>): AuditEntry {
  return {
    id: row.id,
    at: row.at.toISOString(),
    actor: { keyId: row.actor_key_id, name: row.actor_name, address: row.address },
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only appendAudit writes it
    action: row.action as AuditAction,
    subject: row.subject,
    organizationId: row.organization_id,
    workspaceId: row.workspace_id,
    detail: row.detail,
  }
}
