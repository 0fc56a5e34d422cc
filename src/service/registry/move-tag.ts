/** Puts tags on versions, and removes them. */
import { changing } from '../../agents/changes.ts'
import { InvalidRequestError } from '../../errors.ts'
import { appendAudit, type Caller } from '../../metadata/audit-log.ts'
import type { Database } from '../../metadata/database.ts'
import { deleteTag, putTag, tagsOf, TAGS_MAX } from '../../metadata/registry-tags.ts'
import { versionsOf } from '../../metadata/registry-versions.ts'
import { LATEST, tagIssue } from '../../registry/names.ts'
import { fullName, lockOwnAgent, requireVersion } from './agent-access.ts'
import { showAgent } from './show-agent.ts'
import type { AgentView } from './view-types.ts'

/**
 * Puts a tag on a version; null removes it. `latest` follows from the versions.
 * @throws {ExectrailError} `not_found`; `forbidden` for an agent of another
 * @throws {InvalidRequestError} for a name that is no tag, a yanked version, or as many tags as there may be
 */
export async function moveTag(
  database: Database,
  { scope, actor }: Caller,
  { name, tag, version }: { name: string; tag: string; version: string | null },
): Promise<AgentView> {
  checkTag(tag)
  await changing(database.queries, async (transaction) => {
    const agent = await lockOwnAgent(transaction, scope, name)
    const tags = await tagsOf(transaction, agent.id, 'all')
    const before = tags.get(tag) ?? null
    if (before === version) return
    if (version === null) await deleteTag(transaction, { agentId: agent.id, tag })
    else {
      const target = requireVersion(await versionsOf(transaction, agent.id, 'all'), agent, version)
      if (target.status === 'yanked') throw invalid('version', 'is yanked; put the tag on another one')
      if (before === null && tags.size >= TAGS_MAX)
        throw invalid('tag', `the agent has ${TAGS_MAX} tags, as many as it may`)
      await putTag(transaction, { agentId: agent.id, tag, version, by: actor.name })
    }
    await appendAudit(transaction, {
      actor,
      action: version === null ? 'registry.untag' : 'registry.tag',
      subject: fullName(agent),
      organizationId: agent.organizationId,
      workspaceId: agent.workspaceId,
      detail: { tag, version, before },
    })
  })
  return showAgent(database, scope, name)
}

function checkTag(tag: string): void {
  if (tag === LATEST) throw invalid('tag', 'latest moves to the newest version by itself; choose another tag')
  const message = tagIssue(tag)
  if (message !== null) throw invalid('tag', message)
}

function invalid(path: string, message: string): InvalidRequestError {
  return new InvalidRequestError([{ path, message }])
}
