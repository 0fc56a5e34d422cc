/** Signatures of versions, and the public keys that they are verified with. */
import { changing } from '../../agents/changes.ts'
import { verifySignature, type Signed } from '../../agents/verify-signature.ts'
import { ExectrailError, InvalidRequestError } from '../../errors.ts'
import { appendAudit, type Caller } from '../../metadata/audit-log.ts'
import type { Database, Queries } from '../../metadata/database.ts'
import {
  findSigningKey,
  insertSigningKey,
  listSigningKeys as readSigningKeys,
  revokeSigningKey as storeRevocation,
} from '../../metadata/registry-keys.ts'
import { signedVersions, unsignCards, type SignedRow } from '../../metadata/registry-signed.ts'
import type { SigningKey } from '../../metadata/registry-types.ts'
import { BUILT_IN } from '../../registry/names.ts'
import { readSigningKey, SIGNING_KEYS_MAX } from '../../registry/signature.ts'
import type { Scope } from '../../store/scope.ts'
import { ownTenant } from './agent-access.ts'
import type { SigningKeyView } from './view-types.ts'

/** @returns id of the key that made it; null without a signature @throws {InvalidRequestError} for one that is not valid */
export async function requireValid(queries: Queries, signed: Signed): Promise<string | null> {
  const verified = await verifySignature(queries, signed)
  if (verified === null) return null
  if ('keyId' in verified) return verified.keyId
  throw new InvalidRequestError(
    [{ path: 'signature', message: verified.issue }],
    'exectrail agent keys lists the keys of your organization; an administrator registers another.',
  )
}

/** The keys of a scope, the newest first, with what they signed; revoked ones included. */
export async function listSigningKeys({ queries }: Database, scope: Scope): Promise<SigningKeyView[]> {
  const keys = await readSigningKeys(queries, scope)
  const signed = await signedVersions(queries, scope)
  return keys.map((key) => withSigned(key, signed))
}

function withSigned(key: SigningKey, signed: readonly SignedRow[]): SigningKeyView {
  const own = signed.filter((one) => one.publisherId === key.organizationId && one.keyId === key.id)
  return { ...key, signed: own.map(({ name, version, publishedAt }) => ({ name, version, publishedAt })) }
}

/**
 * Registers a public key; one that is registered stays as it is.
 * @throws {InvalidRequestError} for a text that is no Ed25519 public key, or with as many keys as there may be
 * @throws {ExectrailError} `conflict` for a key that was revoked
 */
export async function addSigningKey(
  { queries }: Database,
  { scope, actor }: Caller,
  { name, publicKey }: { name: string; publicKey: string },
): Promise<SigningKeyView> {
  const key = readSigningKey(publicKey, 'publicKey')
  const { organizationId } = ownTenant(scope)
  return queries.transaction().execute(async (transaction) => {
    const at = { organizationId, id: key.keyId }
    const made = await insertSigningKey(transaction, {
      ...at,
      name,
      publicKey: key.publicKey,
      createdBy: actor.name,
    })
    const stored = await required(transaction, at)
    if (!made) {
      if (stored.revokedAt !== null) throw revoked(at.id)
      return withSigned(stored, await signedVersions(transaction, scope, at))
    }
    const keys = await readSigningKeys(transaction, { organizationId })
    if (keys.filter(({ revokedAt }) => revokedAt === null).length > SIGNING_KEYS_MAX)
      throw new InvalidRequestError([
        { path: 'publicKey', message: `the organization has ${SIGNING_KEYS_MAX} keys, as many as it may` },
      ])
    const detail = { name }
    const subject = key.keyId
    await appendAudit(transaction, {
      actor,
      action: 'registry.key.create',
      subject,
      organizationId,
      workspaceId: null,
      detail,
    })
    return { ...stored, signed: [] }
  })
}

/**
 * Revokes a key: signatures by it are valid no longer. A revoked key stays as it is. An administrator of the installation
 * also revokes its own key; the next start makes another.
 * @throws {ExectrailError} `not_found`
 */
export async function revokeSigningKey(
  { queries }: Database,
  { scope, actor }: Caller,
  id: string,
): Promise<SigningKeyView> {
  return changing(queries, async (transaction) => {
    const ofInstallation = { organizationId: BUILT_IN.organizationId, id }
    const isOfInstallation = scope === 'all' && (await findSigningKey(transaction, ofInstallation)) !== null
    const at = isOfInstallation ? ofInstallation : { organizationId: ownTenant(scope).organizationId, id }
    const before = await required(transaction, at)
    const signed = await signedVersions(transaction, scope, at)
    if (before.revokedAt !== null) return withSigned(before, signed)
    const { organizationId } = at
    const detail = { name: before.name }
    await appendAudit(transaction, {
      actor,
      action: 'registry.key.revoke',
      subject: id,
      organizationId,
      workspaceId: null,
      detail,
    })
    const revokedKey = await storeRevocation(transaction, { ...at, by: actor.name })
    await unsignCards(transaction, at)
    return withSigned(revokedKey, signed)
  })
}

async function required(
  queries: Queries,
  at: Pick<SigningKey, 'organizationId' | 'id'>,
): Promise<SigningKey> {
  const key = await findSigningKey(queries, at)
  if (key !== null) return key
  throw new ExectrailError('not_found', `there is no signing key ${JSON.stringify(at.id.slice(0, 80))}`, {
    hint: 'exectrail agent keys lists the keys and their ids.',
  })
}

function revoked(id: string): ExectrailError {
  return new ExectrailError('conflict', `the key ${id} was revoked and does not come back`, {
    hint: 'Make another one: exectrail agent keys new',
  })
}
