/** Reads the version that a reference stands for, ready to run. */
import type { LRUCache } from 'lru-cache'
import { ExectrailError } from '../errors.ts'
import type { Queries } from '../metadata/database.ts'
import { readDefinitionText, type StoredVersion } from '../metadata/registry-versions.ts'
import { sha256Of } from '../registry/canonical-hash.ts'
import type { AgentDefinition } from '../registry/definition.ts'
import { parseReference } from '../registry/reference.ts'
import type { Verified } from '../registry/signature.ts'
import type { Tenant } from '../store/scope.ts'
import { fullName } from './agent-name.ts'
import { parseDefinition } from './parse-definition.ts'
import { resolveVersion } from './resolve.ts'
import type { RunnableAgent } from './source.ts'
import { verifySignature } from './verify-signature.ts'

interface Found {
  agent: RunnableAgent
  /** By which key of its publisher it is signed. */
  signed: () => Promise<Verified | null>
}

/** @param definitions kept from before: a version never changes */
export async function findRunnable(
  queries: Queries,
  definitions: LRUCache<string, AgentDefinition>,
  { reference, tenant }: { reference: string; tenant: Tenant },
): Promise<Found> {
  const { agent, version, warnings } = await resolveVersion(
    queries,
    parseReference(reference, 'agent'),
    tenant,
  )
  const name = fullName(agent)
  const key = `${version.agentId} ${version.version} ${version.sha256}`
  const definition = definitions.get(key) ?? (await readWhole(queries, name, version))
  definitions.set(key, definition, { size: definition.code.length + 1 + JSON.stringify(definition).length })
  const { sha256, publisherId, signature } = version
  return {
    agent: { name, version: version.version, definition, warnings },
    signed: () =>
      verifySignature(queries, { name, version: version.version, sha256, publisherId, signature }),
  }
}

/** What is stored must be what was published. */
async function readWhole(queries: Queries, name: string, version: StoredVersion): Promise<AgentDefinition> {
  const definition = parseDefinition(await readDefinitionText(queries, version))
  if (sha256Of(definition) === version.sha256) return definition
  throw new ExectrailError(
    'conflict',
    `${name}@${version.version} is not what was published: its hash differs`,
    {
      hint: 'Its row in Postgres was changed. Publish a new version, and yank this one.',
    },
  )
}
