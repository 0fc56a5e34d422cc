/** The file of keys of a home goes into the database, which knows the keys from then on. */
import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import writeFileAtomic from 'write-file-atomic'
import { appendAudit } from '../metadata/audit-log.ts'
import { insertKey } from '../metadata/api-keys.ts'
import type { Database } from '../metadata/database.ts'
import { KEY_SCOPES, USUAL_SCOPES } from '../metadata/key-scopes.ts'
import { keysPath, readKeyFile, type KeyFile } from './key-file.ts'
import { hashSecret, makeSecret, type KeyStore } from './keys.ts'

/** What the command line knows of the keys of a home. `secret` is null when only its hash is known. */
export interface OpenedKeys {
  secret: string | null
  /** True when `EXECTRAIL_API_KEY` is set but is not a key of this home. */
  givenIsUnknown: boolean
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
