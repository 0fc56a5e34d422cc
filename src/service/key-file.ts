/**
 * `$EXECTRAIL_HOME/keys.json`: the first administrator's key of a home, which the database takes over at each start. The
 * command line reads its key here.
 */
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { z } from 'zod'
import { ConfigError } from '../errors.ts'
import { appendAudit } from '../metadata/audit-log.ts'
import { insertKey } from '../metadata/api-keys.ts'
import type { Database } from '../metadata/database.ts'
import { KEY_SCOPES, USUAL_SCOPES } from '../metadata/key-scopes.ts'
import { hashSecret, makeSecret, type KeyStore } from './keys.ts'

/** What the command line knows of the keys of a home. `secret` is null when only its hash is known. */
export interface OpenedKeys {
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
type KeyFile = z.infer<typeof keyFile>

/** Path of the file of keys of a home. */
export function keysPath(home: string): string {
  return join(home, 'keys.json')
}

/**
 * Takes the keys of a home over into the database. If there are none, `given` (`EXECTRAIL_API_KEY`) becomes the first
 * administrator's key, stored as a hash; without it a new key is created and stored in the clear, mode 0600. A key that was
 * revoked stays revoked.
 * @throws {ConfigError} when the file is damaged
 */
export async function adoptKeyFile(
  { home, apiKey }: { home: string; apiKey: string | null },
  { database, keys }: { database: Database; keys: KeyStore },
): Promise<OpenedKeys> {
  const file = (await readKeyFile(home)) ?? (await createKeyFile(home, apiKey))
  await database.queries.transaction().execute(async (transaction) => {
    for (const { id, name, sha256, organizationId, createdAt } of file.keys) {
      const scopes = organizationId === null ? KEY_SCOPES : USUAL_SCOPES
      const bound = { organizationId, workspaceId: null }
      const key = { id, name, scopes, createdAt, expiresAt: null, ...bound }
      const added = await insertKey(transaction, { ...key, secretSha256: Buffer.from(sha256, 'hex') })
      if (!added) continue
      const actor = { keyId: null, name: 'exectrail up', address: null }
      const detail = { name, scopes }
      await appendAudit(transaction, { actor, action: 'key.adopt', subject: id, detail, ...bound })
    }
  })
  if (apiKey === null) return { secret: file.cliKey, givenIsUnknown: false }
  const known = (await keys.find(apiKey)) !== null
  return { secret: known ? apiKey : file.cliKey, givenIsUnknown: !known }
}

/** The key that the CLI sends: `EXECTRAIL_API_KEY`, or the key created for this home; null when there is neither. */
export async function readCliKey(home: string, given: string | null): Promise<string | null> {
  return given ?? (await readKeyFile(home))?.cliKey ?? null
}

async function createKeyFile(home: string, given: string | null): Promise<KeyFile> {
  const made = given === null ? makeSecret() : null
  const first = {
    id: randomUUID(),
    name: 'first administrator',
    sha256: hashSecret(given ?? made ?? '').toString('hex'),
    organizationId: null,
    createdAt: new Date().toISOString(),
  }
  const file: KeyFile = { keys: [first], cliKey: made }
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
