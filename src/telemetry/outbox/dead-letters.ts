/** Records that no receiver will ever accept, with the reason, and bytes that hold no frame. */
import { appendFile, mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { CORRUPT, DEAD, LOST } from './paths.ts'

/** A receiver that refuses everything must not fill the disk: beyond this a day, refusals are only counted. */
const DAY_MAX_BYTES = 256 * 1_048_576

/** Appends one refused record, with the receiver's message, to `<outbox>/dead/<day>.ndjson`. */
export async function writeDeadLetter(
  root: string,
  letter: { signal: string; reason: string; json: string },
): Promise<void> {
  const at = new Date().toISOString()
  await keep(join(root, DEAD), `${at.slice(0, 10)}.ndjson`, `${JSON.stringify({ at, ...letter })}\n`)
}

/** Appends bytes that hold no valid frame to `<outbox>/corrupt/<day>.bin`. */
export async function writeCorrupt(root: string, bytes: Buffer): Promise<void> {
  await keep(join(root, CORRUPT), `${new Date().toISOString().slice(0, 10)}.bin`, bytes)
}

/** Removes dead letters, corrupt bytes and notes of losses of days before `beforeMs` (epoch). */
export async function removeOldFiles(root: string, beforeMs: number): Promise<void> {
  const firstDay = new Date(beforeMs).toISOString().slice(0, 10)
  for (const kind of [DEAD, CORRUPT, LOST]) {
    const names = await readdir(join(root, kind)).catch(() => [])
    for (const name of names) if (name < firstDay) await rm(join(root, kind, name), { force: true })
  }
}

async function keep(directory: string, name: string, bytes: string | Buffer): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const path = join(directory, name)
  const size = (await stat(path).catch(() => null))?.size ?? 0
  if (size < DAY_MAX_BYTES) await appendFile(path, bytes, { mode: 0o600 })
}
