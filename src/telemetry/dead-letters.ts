/** What no receiver will ever take, and what could not be read, kept aside with the reason. */
import { appendFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CORRUPT, DEAD } from './outbox/paths.ts'

/** Appends one refused record, with the receiver's words, to `<outbox>/dead/<day>.ndjson`. */
export async function keepDeadLetter(
  root: string,
  letter: { signal: string; reason: string; json: string },
): Promise<void> {
  const directory = join(root, DEAD)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const at = new Date().toISOString()
  await appendFile(join(directory, `${at.slice(0, 10)}.ndjson`), `${JSON.stringify({ at, ...letter })}\n`, {
    mode: 0o600,
  })
}

/** Appends bytes that hold no valid frame to `<outbox>/corrupt/<day>.bin`. */
export async function keepCorrupt(root: string, bytes: Buffer): Promise<void> {
  const directory = join(root, CORRUPT)
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await appendFile(join(directory, `${new Date().toISOString().slice(0, 10)}.bin`), bytes, { mode: 0o600 })
}
