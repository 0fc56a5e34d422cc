/** The table of what was decided about groups of errors. */
import { sql, type Selectable } from 'kysely'
import type { Scope, Tenant } from '../store/scope.ts'
import type { Queries } from './database.ts'
import type { Tables } from './tables.ts'
import { tenantCondition } from './tenant.ts'

export const DECIDED_STATES = ['open', 'resolved', 'ignored'] as const
export type DecidedState = (typeof DECIDED_STATES)[number]

/** What was decided about a group. */
export interface ErrorDecision {
  organizationId: string
  /** Null: decided for the whole organization. */
  workspaceId: string | null
  fingerprint: string
  state: DecidedState
  assignee: string | null
  /** When the state became what it is, ISO 8601 UTC. */
  stateSince: string
  /** Name of the key that changed it last. */
  changedBy: string
}

/** Decisions that a question takes into account, the newest. */
export const DECISIONS_MAX = 2_000

/** The decisions that hold in a scope, newest first. Those of a workspace come before those of its organization. */
export async function listDecisions(queries: Queries, scope: Scope): Promise<ErrorDecision[]> {
  const organization = scope === 'all' ? scope : { organizationId: scope.organizationId }
  const workspace = scope === 'all' ? '' : (scope.workspaceId ?? '')
  const rows = await queries
    .selectFrom('error_states')
    .selectAll()
    .where(tenantCondition(organization))
    .where('workspace_id', 'in', [...new Set(['', workspace])])
    .orderBy('state_since', 'desc')
    .limit(DECISIONS_MAX)
    .execute()
  return rows
    .toSorted((a, b) => Number(b.workspace_id === workspace) - Number(a.workspace_id === workspace))
    .map(toDecision)
}

/** The decision about one group, locked until the transaction ends. */
export async function lockDecision(
  queries: Queries,
  { organizationId, workspaceId }: Tenant,
  fingerprint: string,
): Promise<ErrorDecision | null> {
  const row = await queries
    .selectFrom('error_states')
    .selectAll()
    .where('organization_id', '=', organizationId)
    .where('workspace_id', '=', workspaceId ?? '')
    .where('fingerprint', '=', fingerprint)
    .forUpdate()
    .executeTakeFirst()
  return row === undefined ? null : toDecision(row)
}

/** Decides about a group. What is absent stays, or is the default: open, and assigned to no one. */
export async function decide(
  queries: Queries,
  { organizationId, workspaceId }: Tenant,
  decision: { fingerprint: string; state?: DecidedState; assignee?: string | null; changedBy: string },
): Promise<ErrorDecision> {
  const { fingerprint, state, assignee, changedBy } = decision
  const row = await queries
    .insertInto('error_states')
    .values({
      organization_id: organizationId,
      workspace_id: workspaceId ?? '',
      fingerprint,
      state: state ?? 'open',
      assignee: assignee ?? null,
      changed_by: changedBy,
    })
    .onConflict((conflict) =>
      conflict.columns(['organization_id', 'workspace_id', 'fingerprint']).doUpdateSet({
        changed_by: changedBy,
        ...(state === undefined ? {} : { state, state_since: sql<Date>`now()` }),
        ...(assignee === undefined ? {} : { assignee }),
      }),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
  return toDecision(row)
}

function toDecision(row: Selectable<Tables['error_states']>): ErrorDecision {
  return {
    organizationId: row.organization_id,
    workspaceId: row.workspace_id === '' ? null : row.workspace_id,
    fingerprint: row.fingerprint,
    state: row.state,
    assignee: row.assignee,
    stateSince: row.state_since.toISOString(),
    changedBy: row.changed_by,
  }
}
