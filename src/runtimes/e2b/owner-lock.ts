/** Who owns which sandboxes: a lock of the kernel's under the home, named as the sandboxes' metadata name it. */
import { randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lock } from '../../provision/lock.ts'

const NAME = /^(?<executor>[0-9a-f-]{36})\.lock$/u

/** One executor's lock, held while it lives and released however it ends. */
export class OwnerLock {
  /** Value of the metadata `exectrail.executor`. */
  readonly executor = randomUUID()
  readonly #directory: string
  #lock: Promise<Lock> | null = null

  constructor(home: string) {
    this.#directory = join(home, 'e2b')
  }

  /** Takes the lock; await it before the first sandbox is created. */
  async acquire(): Promise<void> {
    this.#lock ??= this.#take()
    await this.#lock
  }

  /**
   * Ends what executors left that are gone: for each, `sweep` ends its sandboxes and returns how many they were;
   * where it rejects, the next start tries again. Resolves to the number of sandboxes.
   */
  async adopt(sweep: (executor: string) => Promise<number>): Promise<number> {
    await this.acquire()
    const { takeLock } = await import('../../provision/lock.ts')
    let count = 0
    for (const entry of await readdir(this.#directory)) {
      const executor = NAME.exec(entry)?.groups?.['executor']
      if (executor === undefined || executor === this.executor) continue
      const taken = await takeLock(this.#path(executor))
      if (!('lock' in taken)) continue
      try {
        count += await sweep(executor)
        await this.#remove(executor)
      } finally {
        taken.lock.release()
      }
    }
    return count
  }

  /** Releases the lock: for good where nothing is left, else so that the next executor sweeps. */
  async release(left: 'nothing' | 'unconfirmed'): Promise<void> {
    const lock = await this.#lock
    this.#lock = null
    if (left === 'nothing') await this.#remove(this.executor)
    lock?.release()
  }

  async #take(): Promise<Lock> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 })
    const { takeLock } = await import('../../provision/lock.ts')
    // Locked before it has its name, so that no other process finds it free.
    const unnamed = join(this.#directory, `${this.executor}.new`)
    const taken = await takeLock(unnamed)
    if (!('lock' in taken)) throw new Error(`${unnamed} is locked by another process`)
    await rename(unnamed, this.#path(this.executor))
    await rm(`${unnamed}.pid`, { force: true })
    return taken.lock
  }

  #path(executor: string): string {
    return join(this.#directory, `${executor}.lock`)
  }

  async #remove(executor: string): Promise<void> {
    const path = this.#path(executor)
    await Promise.all([path, `${path}.pid`, `${path}-journal`].map((file) => rm(file, { force: true })))
  }
}
