/** Changes who sees a code agent. */
import { changing } from '../../agents/changes.ts'
import { appendAudit, type Caller } from '../../metadata/audit-log.ts'
import type { Database } from '../../metadata/database.ts'
import type { Visibility } from '../../metadata/registry-values.ts'
import { fullName, lockOwnAgent } from './agent-access.ts'
import { withVisibility } from './agent-for.ts'
import { refreshCard } from './refresh-card.ts'
import { showAgent } from './show-agent.ts'
import type { AgentView } from './view-types.ts'

/**
 * Sets the visibility. `public` asks for a review of each version; other organizations see those that are approved.
 * @throws {ExectrailError} `not_found`; `forbidden` for an agent of another
 */
export async function changeAgent(
  database: Database,
  { scope, actor }: Caller,
  { name, visibility }: { name: string; visibility: Visibility },
): Promise<AgentView> {
  await changing(database.queries, async (transaction) => {
    const before = await lockOwnAgent(transaction, scope, name)
    const agent = await withVisibility(transaction, before, visibility)
    if (agent === before) return
    await refreshCard(transaction, agent, 'as before')
    await appendAudit(transaction, {
      actor,
      action: 'registry.change',
      subject: fullName(agent),
      organizationId: agent.organizationId,
      workspaceId: agent.workspaceId,
      detail: { visibility, before: before.visibility },
    })
  })
  return showAgent(database, scope, name)
}
