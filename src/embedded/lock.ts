/** One stack per home: a lock file that names its owner and outlives neither it nor a reboot. */
import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ExectrailError } from '../errors.ts'
import { identify, isAlive, processIdentity, realm, type ProcessIdentity } from './process-identity.ts'

/** An owner in another container or host shows its life by touching the file; this long without means gone. */
const FOREIGN_STALE_MS = 20_000
const TOUCH_MS = 5_000

export interface Lock {
  release(): Promise<void>
}

/** Takes the lock file at `path`; resolves to null and the owner's identity when a living process holds it. */
export async function takeLock(path: string): Promise<{ lock: Lock } | { owner: ProcessIdentity }> {
  const self = await identify(process.pid)
  if (self === null) throw new Error('this process cannot see itself')
  const token = randomUUID()
  const draft = `${path}.${token}`
  const content = JSON.stringify({ ...self, token })
  await writeFile(draft, content, { mode: 0o600 })
  try {
    for (;;) {
      if (await tryLink(draft, path)) return { lock: holdLock(path, content) }
      const found = await readFile(path, 'utf8').catch(() => null)
      if (found === null) continue
      const owner = parseOwner(found)
      if (owner !== null && (await holds(path, owner))) return { owner }
      await setAside(path, found)
    }
  } finally {
    await rm(draft, { force: true })
  }
}

/** `takeLock`, waiting until the owner is done. `onWait` is called once, with the owner. */
export async function waitForLock(path: string, onWait: (owner: ProcessIdentity) => void): Promise<Lock> {
  let told = false
  for (;;) {
    const taken = await takeLock(path)
    if ('lock' in taken) return taken.lock
    if (!told) onWait(taken.owner)
    told = true
    await pause(250)
  }
}

/**
 * Takes the home for one stack.
 * @throws {ExectrailError} `stack_failed` naming the pid of the stack that runs there.
 */
export async function lockHome(home: string): Promise<Lock> {
  const taken = await takeLock(join(home, 'stack.lock'))
  if ('lock' in taken) return taken.lock
  throw new ExectrailError(
    'stack_failed',
    `another stack (process ${taken.owner.pid}) already runs on ${home}`,
    { hint: `stop process ${taken.owner.pid}, or set EXECTRAIL_HOME to another directory` },
  )
}

async function tryLink(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

function parseOwner(content: string): ProcessIdentity | null {
  try {
    return processIdentity.parse(JSON.parse(content))
  } catch {
    return null
  }
}

async function holds(path: string, owner: ProcessIdentity): Promise<boolean> {
  if (owner.realm === (await realm())) return isAlive(owner)
  const touched = await stat(path).catch(() => null)
  return touched !== null && Date.now() - touched.mtimeMs < FOREIGN_STALE_MS
}

/** Moves a dead owner's file away; a lock taken in between is put back. */
async function setAside(path: string, dead: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  const moved = await rename(path, aside).then(
    () => true,
    () => false,
  )
  if (!moved) return
  if ((await readFile(aside, 'utf8')) !== dead) await tryLink(aside, path)
  await rm(aside, { force: true })
}

function holdLock(path: string, content: string): Lock {
  const touch = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => undefined)
  }, TOUCH_MS)
  touch.unref()
  return {
    async release() {
      clearInterval(touch)
      const current = await readFile(path, 'utf8').catch(() => null)
      if (current === content) await rm(path, { force: true })
    },
  }
}
