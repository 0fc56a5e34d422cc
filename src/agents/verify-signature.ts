/** Verifies the signature of a version with the keys of its publisher. */
import type { Queries } from '../metadata/database.ts'
import { listSigningKeys } from '../metadata/registry-keys.ts'
import { verifyVersion, type SignedVersion, type Verified } from '../registry/signature.ts'

/** A version with its signature and who published it. */
export interface Signed extends SignedVersion {
  publisherId: string
  /** DSSE envelope; null: not signed. */
  signature: Readonly<Record<string, unknown>> | null
}

/** By which valid key of its publisher a version is signed, or why by none; null: it has no signature. */
export async function verifySignature(
  queries: Queries,
  { publisherId, signature, name, version, sha256 }: Signed,
): Promise<Verified | null> {
  if (signature === null) return null
  const keys = await listSigningKeys(queries, { organizationId: publisherId })
  const valid = keys.flatMap(({ id, publicKey, revokedAt }) =>
    revokedAt === null ? [{ keyId: id, publicKey }] : [],
  )
  return verifyVersion(signature, { name, version, sha256 }, valid)
}
