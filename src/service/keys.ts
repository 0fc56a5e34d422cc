/** API keys and the organizations that they may access. */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import { ConfigError } from '../errors.ts'
import { KEY_SCOPES, USUAL_SCOPES, type KeyScope } from '../metadata/key-scopes.ts'
import type { Scope } from '../store/scope.ts'

/** An API key without its secret. */
export interface ApiKey {
  id: string
  name: string
  /** 'all' for an administrator's key, else the one organization it is bound to. */
  scope: Scope
  /** What it permits. */
  scopes: readonly KeyScope[]
}

/** Looks API keys up. */
export interface KeyStore {
  /** The key this secret belongs to; null for an unknown secret. */
  find(secret: string): Promise<ApiKey | null>
}

/** The keys of a home. `secret` is null when only its hash is known. */
export interface OpenedKeys {
  keys: KeyStore
  secret: string | null
  /** True when `EXECTRAIL_API_KEY` is set but is not a key of this home. */
  givenIsUnknown: boolean
}

const storedKey = z.object({
  id: z.string(),
  name: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Null: every organization. */
  organizationId: z.string().nullable(),
  createdAt: z.string(),
})
const keyFile = z.object({
  keys: z.array(storedKey).min(1).max(10_000),
  /** The first key in the clear, only when exectrail made it itself, so that the CLI can send it. */
  cliKey: z.string().nullable(),
})
type StoredKey = z.infer<typeof storedKey>
type KeyFile = z.infer<typeof keyFile>

/** Path of the file of keys of a home. */
export function keysPath(home: string): string {
  return join(home, 'keys.json')
}

/**
 * Opens the keys of a home. If there are none, `given` (`EXECTRAIL_API_KEY`) becomes the first administrator's key and is
 * stored as a hash. Without it a new key is created and stored in the clear, mode 0600.
 * @throws {ConfigError} when the file is damaged
 */
export async function openKeys(home: string, given: string | null): Promise<OpenedKeys> {
  const file = (await readKeyFile(home)) ?? (await createKeyFile(home, given))
  const keys = fileKeyStore(file.keys)
  if (given === null) return { keys, secret: file.cliKey, givenIsUnknown: false }
  const known = (await keys.find(given)) !== null
  return { keys, secret: known ? given : file.cliKey, givenIsUnknown: !known }
}

/** The key that the CLI sends: `EXECTRAIL_API_KEY`, or the key created for this home; null when there is neither. */
export async function readCliKey(home: string, given: string | null): Promise<string | null> {
  return given ?? (await readKeyFile(home))?.cliKey ?? null
}

/** A key store over stored hashes. It compares every hash in constant time. */
export function fileKeyStore(stored: readonly StoredKey[]): KeyStore {
  const hashed = stored.map((key) => ({ key, digest: Buffer.from(key.sha256, 'hex') }))
  return {
    async find(secret) {
      const digest = sha256(secret)
      let found: StoredKey | null = null
      for (const entry of hashed) if (timingSafeEqual(entry.digest, digest)) found = entry.key
      return found === null ? null : toApiKey(found)
    },
  }
}

/** The stored form of a secret. `organizationId` null makes an administrator's key. */
export function storeKey(name: string, secret: string, organizationId: string | null): StoredKey {
  return {
    id: randomUUID(),
    name,
    sha256: sha256(secret).toString('hex'),
    organizationId,
    createdAt: new Date().toISOString(),
  }
}

function toApiKey(stored: StoredKey): ApiKey {
  const scope: Scope = stored.organizationId === null ? 'all' : { organizationId: stored.organizationId }
  return { id: stored.id, name: stored.name, scope, scopes: scope === 'all' ? KEY_SCOPES : USUAL_SCOPES }
}

function sha256(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}

async function createKeyFile(home: string, given: string | null): Promise<KeyFile> {
  const made = given === null ? `xt_${randomBytes(24).toString('base64url')}` : null
  const file: KeyFile = { keys: [storeKey('first administrator', given ?? made ?? '', null)], cliKey: made }
  await mkdir(home, { recursive: true, mode: 0o700 })
  await writeFileAtomic(keysPath(home), `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 })
  return file
}

async function readKeyFile(home: string): Promise<KeyFile | null> {
  const path = keysPath(home)
  const text = await readFile(path, 'utf8').catch(absentAsNull)
  if (text === null) return null
  await chmod(path, 0o600)
  try {
    return keyFile.parse(JSON.parse(text))
  } catch {
    const message =
      'the file of API keys is damaged; restore it, or remove it and start again to make a new key'
    throw new ConfigError([{ path, message }])
  }
}

function absentAsNull(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
