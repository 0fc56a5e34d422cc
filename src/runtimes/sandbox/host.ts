/** The sandboxes of one runtime: finds its footing once, lends slots, restarts a launcher that died. */
import { rm } from 'node:fs/promises'
import { NoFootingError, findFooting, type Footing } from './footing.ts'
import { Launcher } from './launcher.ts'
import type { Slot } from './slot.ts'
import { WarmPool, type PoolOptions } from './warm-pool.ts'

/** What a local runtime is told. */
export interface LocalOptions {
  /** PATH to search for interpreters and tools. */
  path: string
  /** Refuse to run where namespaces cannot be had. */
  requireIsolation: boolean
  /** Sandboxes started ahead. */
  pool?: PoolOptions
  /** What of the host's means to use; `off` is for tests of the weaker ways. @default auto */
  namespaces?: 'auto' | 'off'
  cgroups?: 'auto' | 'off'
  /** Told once, in one line, what is weaker here than it could be. */
  report?: (line: string) => void
}

export class SandboxHost {
  readonly pool: WarmPool
  readonly #options: LocalOptions
  #footing: Promise<Footing> | null = null
  #idle: Slot[] = []
  #closing: Promise<void> | null = null

  constructor(options: LocalOptions) {
    this.#options = options
    this.pool = new WarmPool(options.pool)
  }

  /** The footing, found at the first call. @throws {NoFootingError} */
  footing(): Promise<Footing> {
    if (this.#closing !== null)
      return Promise.reject(new NoFootingError('the runtime is closed', 'make a new one'))
    this.#footing ??= this.#find()
    return this.#footing
  }

  /** A slot nobody else uses. */
  async borrow(): Promise<Slot> {
    for (let slot = this.#idle.pop(); slot !== undefined; slot = this.#idle.pop()) {
      if (slot.usable) return slot
    }
    return (await this.#launcher()).addSlot()
  }

  giveBack(slot: Slot): void {
    if (this.#closing !== null) slot.close()
    else if (slot.usable) this.#idle.push(slot)
  }

  /** Ends everything and leaves nothing behind. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #find(): Promise<Footing> {
    try {
      const footing = await findFooting(this.#options)
      for (const { what, fix } of footing.missing) this.#options.report?.(`${what}; ${fix}`)
      return footing
    } catch (error) {
      this.#footing = null // the next run looks again: the reader may have installed what was missing
      throw error
    }
  }

  async #launcher(): Promise<Launcher> {
    const footing = await this.footing()
    if (footing.launcher.alive) return footing.launcher
    footing.launcher = await Launcher.start({
      perl: footing.tools.perl ?? 'perl',
      guestDir: footing.files.directory,
      users: footing.users,
      cgroups: this.#options.cgroups ?? 'auto',
    })
    return footing.launcher
  }

  async #end(): Promise<void> {
    const footing = await this.#footing?.catch(() => null)
    await this.pool.close()
    for (const slot of this.#idle) slot.close()
    if (footing === null || footing === undefined) return
    await footing.launcher.close()
    await footing.files.remove()
    await rm(footing.files.runs, { recursive: true, force: true })
  }
}
