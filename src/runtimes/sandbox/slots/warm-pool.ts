/**
 * Sandboxes started ahead. A pool buys latency, never throughput: starting costs the same processor time
 * before or after. So it is filled only while a core is free, and an empty pool starts cold at once. Each
 * sandbox serves one run and is gone.
 */
import { availableParallelism } from 'node:os'
import type { Sandbox } from '../sandbox.ts'

/** Bounds of one pool. */
export interface PoolOptions {
  /** Started as soon as the kind is first used. @default 0 */
  floor?: number
  /** At most this many wait. @default 4 */
  cap?: number
}

/** A started sandbox and where it works. */
export interface Started {
  sandbox: Sandbox
  directory: string
}

/** How one kind of sandbox is started; equal keys are interchangeable. */
export interface Recipe {
  /** Null for one that serves a single run alone: none is started ahead. */
  key: string | null
  start(): Promise<Started>
  /** Called with one that is not used after all. */
  discard(started: Started): Promise<void>
}

const MAX_AGE_MS = 300_000
/** Demand is forgotten after so long without a run of the kind. */
const IDLE_MS = 60_000
const MAX_STARTERS = 2
/** Of all kinds together: callers choose the limits, and each choice is a kind. */
const MAX_WAITING = 16

interface Shelf {
  recipe: Recipe
  ready: { started: Started; since: number }[]
  starting: number
  wanted: number
  lastUsed: number
}

export class WarmPool {
  readonly #floor: number
  readonly #cap: number
  readonly #shelves = new Map<string, Shelf>()
  readonly #work = new Set<Promise<void>>()
  #active = 0
  #closed = false
  #sweeper: NodeJS.Timeout | null = null

  constructor(options: PoolOptions = {}) {
    this.#floor = options.floor ?? 0
    this.#cap = options.cap ?? 4
  }

  /** Sandboxes that wait, of all kinds. */
  get waiting(): number {
    let count = 0
    for (const shelf of this.#shelves.values()) count += shelf.ready.length
    return count
  }

  /** A waiting sandbox, or a cold one at once. Call `release` when its run is over. */
  async take(recipe: Recipe): Promise<Started> {
    this.#active += 1
    if (recipe.key === null) return recipe.start()
    const shelf = this.#shelf(recipe.key, recipe)
    for (let found = shelf.ready.shift(); found !== undefined; found = shelf.ready.shift()) {
      if (found.started.sandbox.alive) {
        found.started.sandbox.setRef('ref')
        return found.started
      }
      this.#discard(shelf, found.started)
    }
    return recipe.start()
  }

  /** A run has ended; a core may be free to start another sandbox. */
  release(): void {
    this.#active -= 1
    if (this.#active + this.#starting() >= availableParallelism()) return
    setImmediate(() => this.#fill())
  }

  /** Ends all that wait. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#sweeper !== null) clearInterval(this.#sweeper)
    await Promise.all(this.#work)
    for (const shelf of this.#shelves.values()) this.#empty(shelf, 0)
    await Promise.all(this.#work)
  }

  /** The first run of a kind asks for nothing; each further one that finds too few asks for one more. */
  #shelf(key: string, recipe: Recipe): Shelf {
    const now = performance.now()
    const shelf = this.#shelves.get(key)
    if (shelf === undefined) {
      const fresh = { recipe, ready: [], starting: 0, wanted: this.#floor, lastUsed: now }
      this.#shelves.set(key, fresh)
      return fresh
    }
    shelf.lastUsed = now
    if (shelf.ready.length <= 1) shelf.wanted = Math.min(this.#cap, shelf.wanted + 1)
    return shelf
  }

  #starting(): number {
    let count = 0
    for (const shelf of this.#shelves.values()) count += shelf.starting
    return count
  }

  #fill(): void {
    this.#sweeper ??= setInterval(() => this.#sweep(), IDLE_MS / 4).unref()
    const shelves = [...this.#shelves.values()].toSorted((a, b) => b.lastUsed - a.lastUsed)
    for (const shelf of shelves) {
      while (!this.#closed && shelf.ready.length + shelf.starting < shelf.wanted) {
        const starting = this.#starting()
        if (starting >= MAX_STARTERS || this.#active + starting >= availableParallelism()) return
        if (this.waiting + starting >= MAX_WAITING && !this.#makeRoom(shelf)) return
        this.#start(shelf)
      }
    }
  }

  /** Gives up one of the kind that was used least lately; false where that is the one that wants more. */
  #makeRoom(shelf: Shelf): boolean {
    const others = [...this.#shelves.values()].filter((other) => other.ready.length > 0)
    const [oldest] = others.toSorted((a, b) => a.lastUsed - b.lastUsed)
    if (oldest === undefined || oldest.lastUsed >= shelf.lastUsed) return false
    oldest.wanted = Math.max(this.#floor, oldest.wanted - 1)
    this.#empty(oldest, oldest.ready.length - 1)
    return true
  }

  #start(shelf: Shelf): void {
    shelf.starting += 1
    this.#track(this.#startOne(shelf))
  }

  async #startOne(shelf: Shelf): Promise<void> {
    try {
      const started = await shelf.recipe.start()
      await started.sandbox.ready
      started.sandbox.setRef('unref')
      shelf.ready.push({ started, since: performance.now() })
    } catch {
      shelf.wanted = 0 // the next run meets the same trouble and tells of it
    } finally {
      shelf.starting -= 1
    }
    this.#fill()
  }

  #sweep(): void {
    const now = performance.now()
    for (const [key, shelf] of this.#shelves) {
      if (now - shelf.lastUsed > IDLE_MS) shelf.wanted = this.#floor
      if (shelf.wanted + shelf.ready.length + shelf.starting === 0) this.#shelves.delete(key)
      while (shelf.ready[0] !== undefined && now - shelf.ready[0].since > MAX_AGE_MS)
        this.#empty(shelf, shelf.ready.length - 1)
      if (shelf.ready.length > shelf.wanted) this.#empty(shelf, shelf.wanted)
    }
    this.#fill()
  }

  /** Discards the oldest until `keep` are left. */
  #empty(shelf: Shelf, keep: number): void {
    for (const { started } of shelf.ready.splice(0, shelf.ready.length - keep)) this.#discard(shelf, started)
  }

  #discard(shelf: Shelf, started: Started): void {
    started.sandbox.setRef('ref')
    this.#track(shelf.recipe.discard(started))
  }

  #track(work: Promise<void>): void {
    this.#work.add(work)
    void work.finally(() => this.#work.delete(work))
  }
}
