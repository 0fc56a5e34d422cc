/** Deprecates and yanks versions of a code agent, and takes that back. */
import { changing } from '../../agents/changes.ts'
import { InvalidRequestError } from '../../errors.ts'
import { appendAudit, type Caller } from '../../metadata/audit-log.ts'
import type { Database } from '../../metadata/database.ts'
import { setVersionStatus, versionsOf } from '../../metadata/registry-versions.ts'
import type { VersionStatus } from '../../registry/reference.ts'
import { fullName, lockOwnAgent, requireVersion } from './agent-access.ts'
import { refreshCard } from './refresh-card.ts'
import { showAgent } from './show-agent.ts'
import type { AgentView } from './view-types.ts'

export interface StatusChange {
  /** `namespace/name` */
  name: string
  /** Null: every version but yanked ones. */
  version: string | null
  status: VersionStatus
  /** Shown wherever the version is used. */
  reason: string | null
}

const ACTIONS = {
  active: 'registry.restore',
  deprecated: 'registry.deprecate',
  yanked: 'registry.yank',
} as const

/**
 * Marks a version, or all. What is so already stays as it is, so that the request can be repeated.
 * @throws {ExectrailError} `not_found`; `forbidden` for an agent of another
 * @throws {InvalidRequestError} without a reason, or for yanking without a version
 */
export async function changeStatus(
  database: Database,
  { scope, actor }: Caller,
  { name, version, status, reason }: StatusChange,
): Promise<AgentView> {
  checkChange({ version, status, reason })
  await changing(database.queries, async (transaction) => {
    const agent = await lockOwnAgent(transaction, scope, name)
    const all = await versionsOf(transaction, agent.id, 'all')
    const given =
      version === null ? all.filter((one) => one.status !== 'yanked') : [requireVersion(all, agent, version)]
    const changed = given.filter((one) => one.status !== status || one.reason !== reason)
    if (changed.length === 0) return
    for (const one of changed) await setVersionStatus(transaction, one, { status, reason, by: actor.name })
    await refreshCard(transaction, agent, 'as before')
    await appendAudit(transaction, {
      actor,
      action: ACTIONS[status],
      subject: fullName(agent),
      organizationId: agent.organizationId,
      workspaceId: agent.workspaceId,
      detail: { versions: changed.map((one) => one.version), reason },
    })
  })
  return showAgent(database, scope, name)
}

function checkChange({ version, status, reason }: Omit<StatusChange, 'name'>): void {
  const issues = []
  if (status === 'yanked' && version === null)
    issues.push({ path: 'version', message: 'name the version; `deprecated` may be for all at once' })
  if (status !== 'active' && reason === null)
    issues.push({ path: 'reason', message: 'say why: it is shown wherever the version is used' })
  if (issues.length > 0) throw new InvalidRequestError(issues)
}
