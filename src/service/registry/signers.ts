/** Who signed a version, and whether that still holds. */
import type { Queries } from '../../metadata/database.ts'
import { listSigningKeys } from '../../metadata/registry-keys.ts'
import type { StoredVersion } from '../../metadata/registry-versions.ts'
import { verifyVersion } from '../../registry/signature.ts'
import type { Scope } from '../../store/scope.ts'
import type { SignerView } from './view-types.ts'

/** Verifies the signature anew; null: there is none. @param name `namespace/name` */
export async function signerOf(
  queries: Queries,
  scope: Scope,
  { name, version: stored }: { name: string; version: StoredVersion },
): Promise<SignerView | null> {
  const { signature, version, sha256, publisherId, signedBy } = stored
  if (signature === null) return null
  const keys = await listSigningKeys(queries, { organizationId: publisherId })
  const key = keys.find(({ id }) => id === signedBy)
  const known = key === undefined ? [] : [{ keyId: key.id, publicKey: key.publicKey }]
  const verified = verifyVersion(signature, { name, version, sha256 }, known)
  const revokedAt = key?.revokedAt ?? null
  const isPublisher = scope === 'all' || scope.organizationId === publisherId
  return {
    keyId: signedBy,
    keyName: isPublisher ? (key?.name ?? null) : null,
    revokedAt,
    issue: issueOf({ verified, revokedAt }),
  }
}

function issueOf({
  verified,
  revokedAt,
}: {
  verified: ReturnType<typeof verifyVersion>
  revokedAt: string | null
}): string | null {
  if ('issue' in verified) return verified.issue
  return revokedAt === null ? null : 'its publisher revoked the key'
}
