/** Keeps what lists show of an agent: the card of one of its versions. */
import { compare, prerelease } from 'semver'
import type { Queries } from '../../metadata/database.ts'
import { updateAgent, type AgentChange, type RegistryAgent } from '../../metadata/registry-agents.ts'
import { forgetFigures } from '../../metadata/registry-statistics.ts'
import { readDefinitionText, versionsOf, type StoredVersion } from '../../metadata/registry-versions.ts'
import { newestOf } from '../../registry/reference.ts'
import { parseDefinition } from '../../agents/parse-definition.ts'

/** Writes visibility and card after a change of the agent or its versions. Call it in the transaction of the change. */
export async function refreshCard(
  queries: Queries,
  agent: RegistryAgent,
  isNew: AgentChange['isNew'],
): Promise<void> {
  const versions = await versionsOf(queries, agent.id, 'all')
  const approved = versions.filter(({ review }) => review === 'approved')
  const isListed = agent.visibility === 'public' && approved.length > 0
  if (isListed !== agent.isListed) await forgetFigures(queries, agent.id)
  const shown = cardVersion(isListed ? approved : versions)
  if (shown === null) return
  const definition = parseDefinition(await readDefinitionText(queries, shown))
  const { description, language, runtimes, topics, license, readme } = definition
  await updateAgent(queries, agent, {
    visibility: agent.visibility,
    workspaceId: agent.workspaceId,
    isListed,
    isNew,
    readme,
    card: {
      version: shown.version,
      status: shown.status,
      statusReason: shown.reason,
      description,
      language,
      runtimes,
      topics,
      license,
      isSigned: shown.isSigned,
    },
  })
}

/** The version that a user gets without asking for one; else the newest prerelease; else the newest that is yanked. */
function cardVersion(versions: readonly StoredVersion[]): StoredVersion | null {
  const usual = newestOf(versions)?.version
  const found = versions.find(({ version }) => version === usual)
  if (found !== undefined) return found
  const usable = versions.filter(({ status }) => status !== 'yanked')
  return newest(usable.filter(({ version }) => prerelease(version) !== null)) ?? newest(versions)
}

function newest(versions: readonly StoredVersion[]): StoredVersion | null {
  return versions.toSorted((a, b) => compare(b.version, a.version))[0] ?? null
}
