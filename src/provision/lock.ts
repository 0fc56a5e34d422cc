/**
 * Locks between processes. They are the kernel's, by way of SQLite's file locking: a lock ends with its owner however
 * that ends, holds across containers that share the volume, and no pid can be mistaken for another's.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'

const SQLITE_BUSY = 5
const POLL_MS = 200

export interface Lock {
  release(): void
}

/** Takes the lock at `path`, an empty file that stays; where another process holds it, resolves to its pid (null: not known). */
export async function takeLock(path: string): Promise<{ lock: Lock } | { owner: number | null }> {
  const ownerFile = `${path}.pid`
  const database = hold(path)
  if (database === null) {
    const pid = Number(await readFile(ownerFile, 'utf8').catch(() => Number.NaN))
    return { owner: Number.isInteger(pid) ? pid : null }
  }
  await writeFile(ownerFile, `${process.pid}\n`, { mode: 0o600 })
  return { lock: { release: () => database.close() } }
}

/** `takeLock`, waiting until the owner is done. `onWait` is called once, with the owner's pid. */
export async function waitForLock(path: string, onWait: (owner: number | null) => void): Promise<Lock> {
  let reported = false
  for (;;) {
    const taken = await takeLock(path)
    if ('lock' in taken) return taken.lock
    if (!reported) onWait(taken.owner)
    reported = true
    await pause(POLL_MS)
  }
}

function hold(path: string): DatabaseSync | null {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
    return database
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return null
    throw error
  }
}
