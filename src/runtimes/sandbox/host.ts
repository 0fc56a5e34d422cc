/** The sandboxes of one runtime: detects once what the host supports, keeps slots, restarts a launcher that died. */
import { rm } from 'node:fs/promises'
import { SandboxUnsupportedError, detectHostSupport, type HostSupport } from './host-support.ts'
import type { GuestFiles } from './guest-files.ts'
import { Launcher } from './slots/launcher.ts'
import { SlotPool } from './slots/slot-pool.ts'
import type { ForkServer, Slot } from './slots/slot.ts'
import { WarmPool, type PoolOptions, type SandboxTemplate } from './slots/warm-pool.ts'

/** What a local runtime is told. */
export interface LocalOptions {
  /** PATH to search for interpreters and tools. */
  path: string
  /** Refuse to run where namespaces cannot be had. */
  requireIsolation: boolean
  /** Sandboxes started ahead. */
  pool?: PoolOptions
  /** `sandbox` starts a fresh interpreter for each run, `off` a fresh sandbox as well. @default auto */
  forkServer?: 'auto' | 'sandbox' | 'off'
  /** What of the host's means to use; `off` is for tests of the weaker ways. @default auto */
  namespaces?: 'auto' | 'off'
  cgroups?: 'auto' | 'off'
  /** Told once, in one line, what is weaker here than it could be. */
  report?: (line: string) => void
}

/** A template, and the fork server that its sandboxes are best made by. */
export type LocalTemplate = SandboxTemplate & { forkServer: ForkServer | null }

/** Templates kept at once; callers choose the limits. */
const MAX_TEMPLATES = 64

export class SandboxHost {
  readonly pool: WarmPool
  readonly #options: LocalOptions
  readonly #equip: ((files: GuestFiles) => Promise<void>) | undefined
  #support: Promise<HostSupport> | null = null
  readonly #slots = new SlotPool()
  readonly #templates = new Map<string, LocalTemplate>()
  #closing: Promise<void> | null = null

  /** `equip` adds to the guest files what the runtime alone needs. */
  constructor(options: LocalOptions, equip?: (files: GuestFiles) => Promise<void>) {
    this.#options = options
    this.#equip = equip
    this.pool = new WarmPool(options.pool)
  }

  /** What the host supports, detected at the first call. @throws {SandboxUnsupportedError} */
  support(): Promise<HostSupport> {
    if (this.#closing !== null)
      return Promise.reject(new SandboxUnsupportedError('the runtime is closed', 'make a new one'))
    this.#support ??= this.#find()
    return this.#support
  }

  /** The template of that key, made where it is not at hand. */
  getOrCreate(key: string, make: () => LocalTemplate): LocalTemplate {
    const known = this.#templates.get(key)
    if (known !== undefined) return known
    const made = make()
    if (this.#templates.size >= MAX_TEMPLATES) this.#templates.clear()
    this.#templates.set(key, made)
    return made
  }

  /** A slot nobody else uses, with that fork server if one waits. */
  async borrow(server: ForkServer | null): Promise<Slot> {
    return this.#slots.acquire(server) ?? (await this.#launcher()).addSlot()
  }

  /** Takes a slot back that served a run for which `server` is of use. */
  giveBack(slot: Slot, server: ForkServer | null): void {
    this.#slots.release(slot, server)
  }

  /** Ends everything and leaves nothing behind. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #find(): Promise<HostSupport> {
    try {
      const support = await detectHostSupport(this.#options)
      await this.#equip?.(support.files).catch(async (error: unknown) => {
        await support.launcher.close()
        await support.files.remove()
        throw error
      })
      for (const { what, fix } of support.missing) this.#options.report?.(`${what}; ${fix}`)
      return support
    } catch (error) {
      this.#support = null // the next run looks again: the reader may have installed what was missing
      throw error
    }
  }

  async #launcher(): Promise<Launcher> {
    const support = await this.support()
    return support.launcher.alive ? support.launcher : this.#relaunch(support)
  }

  async #relaunch(support: HostSupport): Promise<Launcher> {
    support.launcher = await Launcher.start({
      perl: support.tools.perl ?? 'perl',
      guestDir: support.files.directory,
      users: support.users,
      cgroups: this.#options.cgroups ?? 'auto',
    })
    this.#templates.clear() // they know what the old one was told of its host
    return support.launcher
  }

  async #end(): Promise<void> {
    const support = await this.#support?.catch(() => null)
    await this.pool.close()
    this.#slots.close()
    if (support === null || support === undefined) return
    // One that was killed left its control groups; the next sweeps them up when it starts.
    if (!support.launcher.alive) await this.#relaunch(support).catch(() => undefined)
    await support.launcher.close()
    await support.files.remove()
    await rm(support.files.runs, { recursive: true, force: true })
  }
}
