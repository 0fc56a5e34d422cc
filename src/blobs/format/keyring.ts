/** Keys that encrypt objects. Each object has a key of its own, derived from one of these and a salt that is never used again. */
import { createHmac, hkdfSync } from 'node:crypto'

const KEY_ID_BYTES = 16

export interface MasterKey {
  /** Names the key in an object without giving it away, 16 bytes. */
  id: Buffer
  secret: Buffer
}

export interface Keyring {
  /** Encrypts new objects; null: they are not encrypted. */
  current: MasterKey | null
  /** The key with this id; null where it is not, or no longer, among the keys. */
  find(id: Buffer): MasterKey | null
}

/** @param keys of 32 bytes each: the first encrypts, all decrypt */
export function keyringOf(keys: readonly Uint8Array[]): Keyring {
  const known = keys.map((key) => Buffer.from(key)).map((secret) => ({ id: keyId(secret), secret }))
  return {
    current: known[0] ?? null,
    find: (id) => known.find((key) => key.id.equals(id)) ?? null,
  }
}

/** The key of one object, 32 bytes. */
export function objectKey({ secret }: MasterKey, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, 'exectrail blob v1', 32))
}

function keyId(secret: Buffer): Buffer {
  return createHmac('sha256', secret).update('exectrail blob key id').digest().subarray(0, KEY_ID_BYTES)
}
