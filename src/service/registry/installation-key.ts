/** The key of the installation itself, which signs the agents that come with exectrail. */
import { appendAudit, type Caller } from '../../metadata/audit-log.ts'
import type { Database, Queries } from '../../metadata/database.ts'
import { keepInstallationKey, replaceInstallationKey } from '../../metadata/installation-key.ts'
import { lockAgent } from '../../metadata/registry-agents.ts'
import { findSigningKey, insertSigningKey } from '../../metadata/registry-keys.ts'
import { findVersion, setVersionSignature, versionsIn } from '../../metadata/registry-versions.ts'
import { BUILT_IN } from '../../registry/names.ts'
import {
  createSigningKey,
  publicPartOf,
  signVersion,
  verifyVersion,
  type SignedVersion,
  type SigningKeyPair,
} from '../../registry/signature.ts'
import { readName } from './agent-access.ts'
import { refreshCard } from './refresh-card.ts'

const NAME = 'this installation'

/** The key, made where there is none or where an administrator has revoked it. Several services may ask at once. */
export async function installationKey(
  { queries }: Database,
  { actor }: Pick<Caller, 'actor'>,
): Promise<SigningKeyPair> {
  return queries.transaction().execute(async (transaction) => {
    const made = createSigningKey()
    const privateKey = await keepInstallationKey(transaction, made.privateKey)
    const kept = { ...publicPartOf(privateKey), privateKey }
    const { organizationId } = BUILT_IN
    const known = await findSigningKey(transaction, { organizationId, id: kept.keyId })
    if (known !== null && known.revokedAt === null) return kept
    const key = known === null ? kept : made
    if (known !== null) await replaceInstallationKey(transaction, key.privateKey)
    await register(transaction, actor, key)
    return key
  })
}

async function register(queries: Queries, actor: Caller['actor'], key: SigningKeyPair): Promise<void> {
  const { organizationId } = BUILT_IN
  const { keyId: id, publicKey } = key
  await insertSigningKey(queries, { organizationId, id, name: NAME, publicKey, createdBy: actor.name })
  await appendAudit(queries, {
    actor,
    action: 'registry.key.create',
    subject: id,
    organizationId,
    workspaceId: null,
    detail: { name: NAME },
  })
}

/**
 * Signs what was published in the namespace of the installation before it had this key. It alone publishes there.
 * @returns those that were signed now, as `namespace/name@version`
 */
export async function signBuiltIn(
  { queries }: Database,
  { actor }: Pick<Caller, 'actor'>,
  key: SigningKeyPair,
): Promise<string[]> {
  const versions = await versionsIn(queries, BUILT_IN.namespace)
  const signed: string[] = []
  for (const version of versions) {
    if (isSignedBy(key, version, version.signature)) continue
    const isNew = await queries.transaction().execute((transaction) => sign(transaction, actor, version, key))
    if (isNew) signed.push(`${version.name}@${version.version}`)
  }
  return signed
}

function isSignedBy(key: SigningKeyPair, version: SignedVersion, signature: unknown): boolean {
  return 'keyId' in verifyVersion(signature, version, [key])
}

/** @returns false where another service was first */
async function sign(
  queries: Queries,
  actor: Caller['actor'],
  { name, version, sha256 }: SignedVersion,
  key: SigningKeyPair,
): Promise<boolean> {
  const agent = await lockAgent(queries, readName(name))
  if (agent === null) return false
  const known = await findVersion(queries, { agentId: agent.id, version })
  if (isSignedBy(key, { name, version, sha256 }, known?.signature)) return false
  const signature = signVersion({ name, version, sha256 }, key.privateKey)
  await setVersionSignature(queries, { agentId: agent.id, version, signature, signedBy: key.keyId })
  await refreshCard(queries, agent, 'as before')
  await appendAudit(queries, {
    actor,
    action: 'registry.change',
    subject: name,
    organizationId: agent.organizationId,
    workspaceId: null,
    detail: { version, signedBy: key.keyId },
  })
  return true
}
