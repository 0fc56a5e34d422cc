/** The sandboxes of one runtime: finds its footing once, lends slots, restarts a launcher that died. */
import { rm } from 'node:fs/promises'
import { NoFootingError, findFooting, type Footing } from './host-support.ts'
import type { GuestFiles } from './guest-files.ts'
import { Launcher } from './slots/launcher.ts'
import { SlotShelf } from './slots/slot-pool.ts'
import type { Forker, Slot } from './slots/slot.ts'
import { WarmPool, type PoolOptions, type Recipe } from './slots/warm-pool.ts'

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

/** A recipe, and the fork server that its sandboxes are best made by. */
export type LocalRecipe = Recipe & { forker: Forker | null }

/** Recipes kept at once; callers choose the limits. */
const MAX_RECIPES = 64

export class SandboxHost {
  readonly pool: WarmPool
  readonly #options: LocalOptions
  readonly #equip: ((files: GuestFiles) => Promise<void>) | undefined
  #footing: Promise<Footing> | null = null
  readonly #shelf = new SlotShelf()
  readonly #recipes = new Map<string, LocalRecipe>()
  #closing: Promise<void> | null = null

  /** `equip` adds to the guest files what the runtime alone needs. */
  constructor(options: LocalOptions, equip?: (files: GuestFiles) => Promise<void>) {
    this.#options = options
    this.#equip = equip
    this.pool = new WarmPool(options.pool)
  }

  /** The footing, found at the first call. @throws {NoFootingError} */
  footing(): Promise<Footing> {
    if (this.#closing !== null)
      return Promise.reject(new NoFootingError('the runtime is closed', 'make a new one'))
    this.#footing ??= this.#find()
    return this.#footing
  }

  /** The recipe of that key, made where it is not at hand. */
  recall(key: string, make: () => LocalRecipe): LocalRecipe {
    const known = this.#recipes.get(key)
    if (known !== undefined) return known
    const made = make()
    if (this.#recipes.size >= MAX_RECIPES) this.#recipes.clear()
    this.#recipes.set(key, made)
    return made
  }

  /** A slot nobody else uses, with that fork server if one waits. */
  async borrow(forker: Forker | null): Promise<Slot> {
    return this.#shelf.take(forker) ?? (await this.#launcher()).addSlot()
  }

  /** Takes a slot back that served a run for which `forker` is of use. */
  giveBack(slot: Slot, forker: Forker | null): void {
    this.#shelf.put(slot, forker)
  }

  /** Ends everything and leaves nothing behind. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #find(): Promise<Footing> {
    try {
      const footing = await findFooting(this.#options)
      await this.#equip?.(footing.files).catch(async (error: unknown) => {
        await footing.launcher.close()
        await footing.files.remove()
        throw error
      })
      for (const { what, fix } of footing.missing) this.#options.report?.(`${what}; ${fix}`)
      return footing
    } catch (error) {
      this.#footing = null // the next run looks again: the reader may have installed what was missing
      throw error
    }
  }

  async #launcher(): Promise<Launcher> {
    const footing = await this.footing()
    return footing.launcher.alive ? footing.launcher : this.#relaunch(footing)
  }

  async #relaunch(footing: Footing): Promise<Launcher> {
    footing.launcher = await Launcher.start({
      perl: footing.tools.perl ?? 'perl',
      guestDir: footing.files.directory,
      users: footing.users,
      cgroups: this.#options.cgroups ?? 'auto',
    })
    this.#recipes.clear() // they know what the old one was told of its host
    return footing.launcher
  }

  async #end(): Promise<void> {
    const footing = await this.#footing?.catch(() => null)
    await this.pool.close()
    this.#shelf.close()
    if (footing === null || footing === undefined) return
    // One that was killed left its control groups; the next sweeps them up when it starts.
    if (!footing.launcher.alive) await this.#relaunch(footing).catch(() => undefined)
    await footing.launcher.close()
    await footing.files.remove()
    await rm(footing.files.runs, { recursive: true, force: true })
  }
}
