/**
 * Sandboxes started ahead. A pool buys latency, never throughput: starting costs the same processor time before or
 * after. So it is filled only while a core is free; where none waits, a run takes one that is being started, else it
 * starts cold at once. Each sandbox serves one run and is gone. While several organizations are active, each takes its
 * share of the cores at most in this count, and a heavy one, whose programs yield, takes none.
 */
import { availableParallelism } from 'node:os'
import { processorUse, type Weight } from '../../processor-use.ts'
import type { Sandbox } from '../sandbox.ts'
import { bootsInTime } from './boot-limit.ts'

/** Bounds of one pool. */
export interface PoolOptions {
  /** Started as soon as the kind is first used. @default 0 */
  floor?: number
  /** At most this many wait. @default 4 */
  cap?: number
}

/** What the pool asks of a sandbox. */
export type PooledSandbox = Pick<Sandbox, 'ready' | 'alive' | 'setRef'>

/** A started sandbox and where it works. */
export interface StartedSandbox<S extends PooledSandbox = Sandbox> {
  sandbox: S
  directory: string
}

/** How one kind of sandbox is started; equal keys are interchangeable. */
export interface SandboxTemplate<S extends PooledSandbox = Sandbox> {
  /** Null for one that serves a single run: none is started ahead. */
  key: string | null
  start(): Promise<StartedSandbox<S>>
  /** Called with one that is not used after all. */
  discard(started: StartedSandbox<S>): Promise<void>
}

const MAX_AGE_MS = 300_000
/** Demand is forgotten after so long without a run of the kind. */
const IDLE_MS = 60_000
/** ms for which a kind that served a light organization is filled first. */
const LIGHT_MS = 10_000
const MAX_STARTERS = 2
/** Asked once: Node reads the control group's files for it each time. */
const CORES = availableParallelism()
/** Of all kinds together: callers choose the limits, and each choice is a kind. */
const MAX_WAITING = 16

interface Bucket<S extends PooledSandbox> {
  template: SandboxTemplate<S>
  ready: { started: StartedSandbox<S>; since: number }[]
  /** The first begun first. */
  starting: Promise<StartedSandbox<S>>[]
  wanted: number
  lastUsed: number
  /** When it last served an organization that was light, and which. */
  light: { at: number; organizationId: string } | null
}

export class WarmPool<S extends PooledSandbox = Sandbox> {
  readonly #floor: number
  readonly #cap: number
  readonly #buckets = new Map<string, Bucket<S>>()
  readonly #work = new Set<Promise<void>>()
  /** Gives up those that are being started. */
  readonly #leaving = new Set<() => void>()
  /** Runs under way, by organization. */
  readonly #active = new Map<string, number>()
  #closed = false
  #sweeper: NodeJS.Timeout | null = null

  constructor(options: PoolOptions = {}) {
    this.#floor = options.floor ?? 0
    this.#cap = options.cap ?? 4
  }

  /** Sandboxes that wait, of all kinds. */
  get waiting(): number {
    let count = 0
    for (const bucket of this.#buckets.values()) count += bucket.ready.length
    return count
  }

  /**
   * A waiting sandbox, else one that is being started, else a cold one at once. The last one that waits is left for
   * light organizations, and so are those that are being started. Call `release` when its run is over.
   */
  async take(template: SandboxTemplate<S>, organizationId: string): Promise<StartedSandbox<S>> {
    this.#active.set(organizationId, (this.#active.get(organizationId) ?? 0) + 1)
    if (template.key === null) return template.start()
    const bucket = this.#bucketOf(template.key, template)
    if (processorUse.weigh(organizationId) === 'light') bucket.light = { at: bucket.lastUsed, organizationId }
    else if (bucket.ready.length <= 1) return template.start()
    for (let found = bucket.ready.shift(); found !== undefined; found = bucket.ready.shift()) {
      if (found.started.sandbox.alive) {
        found.started.sandbox.setRef('ref')
        return found.started
      }
      this.#discard(bucket, found.started)
    }
    return bucket.starting.shift() ?? template.start()
  }

  /** A run has ended; a core may be free to start another sandbox. */
  release(organizationId: string): void {
    const active = (this.#active.get(organizationId) ?? 1) - 1
    if (active > 0) this.#active.set(organizationId, active)
    else this.#active.delete(organizationId)
    if (this.#busyCores('light') + this.#starting() >= CORES) return
    setImmediate(() => this.#fill())
  }

  /** Ends all that wait. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#sweeper !== null) clearInterval(this.#sweeper)
    for (const giveUp of this.#leaving) giveUp()
    await Promise.all(this.#work)
    for (const bucket of this.#buckets.values()) this.#empty(bucket, 0)
    await Promise.all(this.#work)
  }

  /** The first run of a kind asks for nothing; each further one that finds too few asks for one more. */
  #bucketOf(key: string, template: SandboxTemplate<S>): Bucket<S> {
    const now = performance.now()
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      const wanted = this.#floor
      const fresh: Bucket<S> = { template, ready: [], starting: [], wanted, lastUsed: now, light: null }
      this.#buckets.set(key, fresh)
      return fresh
    }
    bucket.lastUsed = now
    if (bucket.ready.length <= 1) bucket.wanted = Math.min(this.#cap, bucket.wanted + 1)
    return bucket
  }

  #starting(): number {
    return [...this.#buckets.values()].reduce((count, { starting }) => count + starting.length, 0)
  }

  /** Cores that runs keep from those who start a sandbox for an organization of that weight. */
  #busyCores(weight: Weight): number {
    const organizations = processorUse.countActive()
    const share = weight === 'light' && organizations > 1 ? Math.ceil(CORES / organizations) : Infinity
    let busy = 0
    for (const [organizationId, active] of this.#active)
      if (weight === 'heavy' || processorUse.weigh(organizationId) === 'light')
        busy += Math.min(active, share)
    return busy
  }

  #fill(): void {
    this.#sweeper ??= setInterval(() => this.#sweep(), IDLE_MS / 4).unref()
    const buckets = [...this.#buckets.values()].toSorted(byNeed)
    for (const bucket of buckets) {
      while (!this.#closed && stockOf(bucket) < bucket.wanted) {
        const starting = this.#starting()
        const busy = this.#busyCores(servesLight(bucket) ? 'light' : 'heavy')
        if (starting >= MAX_STARTERS || busy + starting >= CORES) return
        if (this.waiting + starting >= MAX_WAITING && !this.#makeRoom(bucket)) return
        this.#start(bucket)
      }
    }
  }

  /** Gives up one of the kind that was used least lately; false where that is the one that wants more. */
  #makeRoom(bucket: Bucket<S>): boolean {
    const others = [...this.#buckets.values()].filter((other) => other.ready.length > 0)
    const oldest = others.toSorted(byUse).at(-1)
    if (oldest === undefined || byUse(oldest, bucket) <= 0) return false
    oldest.wanted = Math.max(this.#floor, oldest.wanted - 1)
    this.#empty(oldest, oldest.ready.length - 1)
    return true
  }

  #start(bucket: Bucket<S>): void {
    const starting = bucket.template.start()
    bucket.starting.push(starting)
    this.#track(this.#await(bucket, starting))
  }

  async #await(bucket: Bucket<S>, starting: Promise<StartedSandbox<S>>): Promise<void> {
    try {
      const started = await starting
      const isReady = await bootsInTime(started.sandbox, this.#leaving)
      if (!bucket.starting.includes(starting)) return // a run has taken it
      if (isReady) {
        started.sandbox.setRef('unref')
        bucket.ready.push({ started, since: performance.now() })
      } else {
        bucket.wanted = 0
        this.#discard(bucket, started)
      }
    } catch {
      bucket.wanted = 0 // the next run meets the same failure and reports it
    } finally {
      bucket.starting = bucket.starting.filter((other) => other !== starting)
    }
    this.#fill()
  }

  #sweep(): void {
    const now = performance.now()
    for (const [key, bucket] of this.#buckets) {
      if (now - bucket.lastUsed > IDLE_MS) bucket.wanted = this.#floor
      if (bucket.wanted + stockOf(bucket) === 0) this.#buckets.delete(key)
      while (bucket.ready[0] !== undefined && now - bucket.ready[0].since > MAX_AGE_MS)
        this.#empty(bucket, bucket.ready.length - 1)
      if (bucket.ready.length > bucket.wanted) this.#empty(bucket, bucket.wanted)
    }
    this.#fill()
  }

  /** Discards the oldest until `keep` are left. */
  #empty(bucket: Bucket<S>, keep: number): void {
    for (const { started } of bucket.ready.splice(0, bucket.ready.length - keep))
      this.#discard(bucket, started)
  }

  #discard(bucket: Bucket<S>, started: StartedSandbox<S>): void {
    started.sandbox.setRef('ref')
    this.#track(bucket.template.discard(started))
  }

  #track(work: Promise<void>): void {
    this.#work.add(work)
    void work.finally(() => this.#work.delete(work))
  }
}

type Kind = Pick<Bucket<PooledSandbox>, 'ready' | 'starting' | 'lastUsed' | 'light'>

const stockOf = ({ ready, starting }: Kind): number => ready.length + starting.length

/** Not where who was light takes far more than the others by now. */
function servesLight({ light }: Kind): boolean {
  if (light === null || performance.now() - light.at >= LIGHT_MS) return false
  return processorUse.weigh(light.organizationId) === 'light'
}

/** Kinds that serve light organizations first, of those the most recently used. */
function byUse(a: Kind, b: Kind): number {
  return Number(servesLight(b)) - Number(servesLight(a)) || b.lastUsed - a.lastUsed
}

/** Kinds that serve light organizations first, of those the emptiest, then the most recently used. */
function byNeed(a: Kind, b: Kind): number {
  return Number(servesLight(b)) - Number(servesLight(a)) || stockOf(a) - stockOf(b) || b.lastUsed - a.lastUsed
}
