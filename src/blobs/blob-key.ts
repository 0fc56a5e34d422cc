/** Keys of objects: content is stored once for an organization, and apart from that of others. */
import { createHash } from 'node:crypto'
import { BlobRefusedError } from '../errors.ts'

const KEY = /^[0-9a-f]{64}\/[0-9a-f]{64}$/u
const SHA256 = /^[0-9a-f]{64}$/u

/**
 * `<sha256 of the organization's id>/<sha256 of the content>`, both in lower-case hexadecimal, so that any text can be an
 * id and no two ids share a folder.
 * @throws {BlobRefusedError} where `sha256` is not one
 */
export function blobKey(organizationId: string, sha256: string): string {
  if (!SHA256.test(sha256)) throw new BlobRefusedError(`${JSON.stringify(sha256.slice(0, 80))} is no sha256`)
  return `${createHash('sha256').update(organizationId).digest('hex')}/${sha256}`
}

export function isBlobKey(key: string): boolean {
  return KEY.test(key)
}

/** @throws {BlobRefusedError} for what `blobKey()` did not make, before it becomes a path or a URL */
export function checkBlobKey(key: string): void {
  if (!isBlobKey(key))
    throw new BlobRefusedError(`${JSON.stringify(key.slice(0, 200))} is no key of an object`)
}
