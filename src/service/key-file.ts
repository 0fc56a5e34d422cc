/**
 * `$EXECTRAIL_HOME/keys.json`: the first administrator's key of a home, which the database takes over at each start. The
 * command line reads its key here.
 */
import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ConfigError } from '../errors.ts'

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
export type KeyFile = z.infer<typeof keyFile>

/** Path of the file of keys of a home. */
export function keysPath(home: string): string {
  return join(home, 'keys.json')
}

/** The key that the CLI sends: `EXECTRAIL_API_KEY`, or the key created for this home; null when there is neither. */
export async function readCliKey(home: string, given: string | null): Promise<string | null> {
  return given ?? (await readKeyFile(home))?.cliKey ?? null
}

/** What is in it; null where there is none. @throws {ConfigError} when it is damaged */
export async function readKeyFile(home: string): Promise<KeyFile | null> {
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
