/** Resolves, ignores, assigns and reopens groups of errors. */
import { ExectrailError, InvalidRequestError } from '../errors.ts'
import type { AuditAction } from '../metadata/audit-actions.ts'
import { appendAudit, type Caller } from '../metadata/audit-log.ts'
import type { Database } from '../metadata/database.ts'
import { decide, lockDecision, type DecidedState, type ErrorDecision } from '../metadata/error-states.ts'
import type { Store } from '../store/client.ts'
import { getErrorOrganizations } from '../store/queries/error-organizations.ts'
import type { Scope, Tenant } from '../store/scope.ts'

export interface ErrorChange {
  fingerprint: string
  state?: DecidedState | undefined
  /** Null: no one. */
  assignee?: string | null | undefined
}

const YEAR_MS = 365 * 86_400_000
const ORGANIZATIONS_NAMED = 10

/**
 * Changes the state of a group, in the caller's organization or workspace. An administrator of several organizations names
 * one, unless the group was seen in only one.
 * @throws {ExectrailError} `not_found` for a group that was not seen within a year
 */
export async function decideError(
  { store, database }: { store: Store; database: Database },
  { scope, actor }: Caller,
  { fingerprint, state, assignee }: ErrorChange,
): Promise<ErrorDecision> {
  const tenant = await findTenant(store, scope, fingerprint)
  return database.queries.transaction().execute(async (transaction) => {
    const before = await lockDecision(transaction, tenant, fingerprint)
    const changed = {
      ...(state === undefined ? {} : { state }),
      ...(assignee === undefined ? {} : { assignee }),
    }
    const decision = await decide(transaction, tenant, { fingerprint, ...changed, changedBy: actor.name })
    await appendAudit(transaction, {
      actor,
      action: actionOf(state),
      subject: fingerprint,
      organizationId: decision.organizationId,
      workspaceId: decision.workspaceId,
      detail: {
        ...changed,
        before: before === null ? null : { state: before.state, assignee: before.assignee },
      },
    })
    return decision
  })
}

async function findTenant(store: Store, scope: Scope, fingerprint: string): Promise<Tenant> {
  const to = Date.now() + YEAR_MS
  const window = { from: new Date(to - 2 * YEAR_MS).toISOString(), to: new Date(to).toISOString() }
  const seen = await getErrorOrganizations(store, { scope, window, fingerprint, limit: ORGANIZATIONS_NAMED })
  const [first] = seen
  if (first === undefined) {
    throw new ExectrailError(
      'not_found',
      `no error with the fingerprint ${fingerprint} was seen within a year`,
      {
        hint: 'GET /v1/errors, or `exectrail errors`, shows the groups and their fingerprints.',
      },
    )
  }
  if (scope !== 'all') return scope
  if (seen.length === 1) return { organizationId: first }
  const message = `name the organization; the error was seen in ${seen.map((name) => JSON.stringify(name)).join(', ')}`
  throw new InvalidRequestError([{ path: 'organization', message }])
}

function actionOf(state: DecidedState | undefined): AuditAction {
  if (state === undefined) return 'error.assign'
  return state === 'open' ? 'error.reopen' : state === 'resolved' ? 'error.resolve' : 'error.ignore'
}
