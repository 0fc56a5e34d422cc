/** Seals the secrets of channels with a key of the installation, where it has one. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { ExectrailError } from '../../errors.ts'

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

export interface Seal {
  seal(secret: unknown): string
  /** @throws {ExectrailError} for what was sealed with another key */
  open(sealed: string): unknown
}

/** @param key of the installation, any text; null: secrets are stored as they are */
export function createSeal(key: string | null): Seal {
  const bytes = key === null ? null : Buffer.from(hkdfSync('sha256', key, '', 'exectrail alert channels', 32))
  return {
    seal(secret) {
      const text = JSON.stringify(secret)
      return bytes === null ? `plain:${text}` : `aes:${encrypt(bytes, text)}`
    },
    open(sealed) {
      if (sealed.startsWith('plain:')) return JSON.parse(sealed.slice(6))
      const text = bytes === null ? null : decrypt(bytes, sealed.slice(4))
      if (text !== null) return JSON.parse(text)
      throw new ExectrailError('conflict', 'the secret of the channel was sealed with another key', {
        hint: 'Set EXECTRAIL_SECRETS_KEY to the key that it was made with, or save the channel again.',
      })
    },
  }
}

function encrypt(key: Buffer, text: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce)
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64')
}

/** Null where the key is not the one. */
function decrypt(key: Buffer, sealed: string): string | null {
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES))
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  try {
    return (
      decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
    )
  } catch {
    return null
  }
}
