/** Lists the versions that wait for a review, and decides reviews. Only administrators of the installation do. */
import { changing } from '../../agents/changes.ts'
import { ExectrailError, InvalidRequestError } from '../../errors.ts'
import { appendAudit, type Caller } from '../../metadata/audit-log.ts'
import type { Database } from '../../metadata/database.ts'
import { lockAgent } from '../../metadata/registry-agents.ts'
import { pendingReviews, setReview } from '../../metadata/registry-reviews.ts'
import type { PendingReview } from '../../metadata/registry-types.ts'
import { versionsOf } from '../../metadata/registry-versions.ts'
import type { Scope } from '../../store/scope.ts'
import { fullName, readName, requireVersion, unknownAgent } from './agent-access.ts'
import { refreshCard } from './refresh-card.ts'
import { showAgent } from './show-agent.ts'
import type { AgentView } from './view-types.ts'

/** The versions that wait, the longest first, at most 1000. @throws {ExectrailError} `forbidden` */
export function listReviews({ queries }: Database, scope: Scope): Promise<PendingReview[]> {
  requireAdministrator(scope)
  return pendingReviews(queries)
}

export interface ReviewDecision {
  /** `namespace/name` */
  name: string
  version: string
  decision: 'approved' | 'refused'
  /** Why; the owner sees it. */
  reason: string | null
}

/**
 * Approves a version for every organization, or refuses it; also a version that was decided before.
 * @throws {ExectrailError} `forbidden` unless the key administers the installation; `not_found`
 * @throws {InvalidRequestError} for a refusal without a reason, or a version that was not made public
 */
export async function decideReview(
  database: Database,
  { scope, actor }: Caller,
  { name, version, decision, reason }: ReviewDecision,
): Promise<AgentView> {
  requireAdministrator(scope)
  if (decision === 'refused' && reason === null)
    throw new InvalidRequestError([{ path: 'reason', message: 'say why: the owner sees it' }])
  const at = readName(name)
  await changing(database.queries, async (transaction) => {
    const agent = await lockAgent(transaction, at)
    if (agent === null) throw unknownAgent(at, 'all')
    const found = requireVersion(await versionsOf(transaction, agent.id, 'all'), agent, version)
    if (found.review === null)
      throw new InvalidRequestError([
        { path: 'version', message: 'its owner has not asked for a review: the agent is not public' },
      ])
    if (found.review === decision && found.reviewReason === reason) return
    await setReview(transaction, found, { review: decision, reason, by: actor.name })
    await refreshCard(transaction, agent, 'as before')
    await appendAudit(transaction, {
      actor,
      action: 'registry.review',
      subject: fullName(agent),
      organizationId: agent.organizationId,
      workspaceId: agent.workspaceId,
      detail: { version, decision, reason },
    })
  })
  return showAgent(database, scope, name)
}

/** @throws {ExectrailError} `forbidden` unless the key is of the whole installation */
export function requireAdministrator(scope: Scope): void {
  if (scope === 'all') return
  throw new ExectrailError('forbidden', 'only an administrator of the installation decides this', {
    hint: 'Use a key with the scope admin that is of no organization.',
  })
}
