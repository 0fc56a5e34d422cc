/**
 * Sandboxes started ahead. A pool buys latency, never throughput: starting costs the same processor time
 * before or after. So it is filled only while a core is free, and an empty pool starts cold at once. Each
 * sandbox serves one run and is gone. While several organizations are active, each takes its share of the
 * cores at most in this count, and a heavy one, whose programs yield, takes none.
 */
import { availableParallelism } from 'node:os'
import { processorUse, type Weight } from '../../processor-use.ts'
import type { Sandbox } from '../sandbox.ts'

/** Bounds of one pool. */
export interface PoolOptions {
  /** Started as soon as the kind is first used. @default 0 */
  floor?: number
  /** At most this many wait. @default 4 */
  cap?: number
}

/** A started sandbox and where it works. */
export interface StartedSandbox {
  sandbox: Sandbox
  directory: string
}

/** How one kind of sandbox is started; equal keys are interchangeable. */
export interface SandboxTemplate {
  /** Null for one that serves a single run: none is started ahead. */
  key: string | null
  start(): Promise<StartedSandbox>
  /** Called with one that is not used after all. */
  discard(started: StartedSandbox): Promise<void>
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

interface Bucket {
  template: SandboxTemplate
  ready: { started: StartedSandbox; since: number }[]
  starting: number
  wanted: number
  lastUsed: number
  /** When it last served a light organization. */
  lastServedLight: number
}

export class WarmPool {
  readonly #floor: number
  readonly #cap: number
  readonly #buckets = new Map<string, Bucket>()
  readonly #work = new Set<Promise<void>>()
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
   * A waiting sandbox, or a cold one at once. The last one that waits is left for light organizations. Call `release`
   * when its run is over.
   */
  async take(template: SandboxTemplate, organizationId: string): Promise<StartedSandbox> {
    this.#active.set(organizationId, (this.#active.get(organizationId) ?? 0) + 1)
    if (template.key === null) return template.start()
    const bucket = this.#bucketOf(template.key, template)
    if (processorUse.weigh(organizationId) === 'light') bucket.lastServedLight = bucket.lastUsed
    else if (bucket.ready.length <= 1) return template.start()
    for (let found = bucket.ready.shift(); found !== undefined; found = bucket.ready.shift()) {
      if (found.started.sandbox.alive) {
        found.started.sandbox.setRef('ref')
        return found.started
      }
      this.#discard(bucket, found.started)
    }
    return template.start()
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
    await Promise.all(this.#work)
    for (const bucket of this.#buckets.values()) this.#empty(bucket, 0)
    await Promise.all(this.#work)
  }

  /** The first run of a kind asks for nothing; each further one that finds too few asks for one more. */
  #bucketOf(key: string, template: SandboxTemplate): Bucket {
    const now = performance.now()
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      const fresh = {
        template,
        ready: [],
        starting: 0,
        wanted: this.#floor,
        lastUsed: now,
        lastServedLight: -LIGHT_MS,
      }
      this.#buckets.set(key, fresh)
      return fresh
    }
    bucket.lastUsed = now
    if (bucket.ready.length <= 1) bucket.wanted = Math.min(this.#cap, bucket.wanted + 1)
    return bucket
  }

  #starting(): number {
    let count = 0
    for (const bucket of this.#buckets.values()) count += bucket.starting
    return count
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
      while (!this.#closed && bucket.ready.length + bucket.starting < bucket.wanted) {
        const starting = this.#starting()
        const busy = this.#busyCores(servesLight(bucket) ? 'light' : 'heavy')
        if (starting >= MAX_STARTERS || busy + starting >= CORES) return
        if (this.waiting + starting >= MAX_WAITING && !this.#makeRoom(bucket)) return
        this.#start(bucket)
      }
    }
  }

  /** Gives up one of the kind that was used least lately; false where that is the one that wants more. */
  #makeRoom(bucket: Bucket): boolean {
    const others = [...this.#buckets.values()].filter((other) => other.ready.length > 0)
    const oldest = others.toSorted(byUse).at(-1)
    if (oldest === undefined || byUse(oldest, bucket) <= 0) return false
    oldest.wanted = Math.max(this.#floor, oldest.wanted - 1)
    this.#empty(oldest, oldest.ready.length - 1)
    return true
  }

  #start(bucket: Bucket): void {
    bucket.starting += 1
    this.#track(this.#startOne(bucket))
  }

  async #startOne(bucket: Bucket): Promise<void> {
    try {
      const started = await bucket.template.start()
      await started.sandbox.ready
      started.sandbox.setRef('unref')
      bucket.ready.push({ started, since: performance.now() })
    } catch {
      bucket.wanted = 0 // the next run meets the same trouble and tells of it
    } finally {
      bucket.starting -= 1
    }
    this.#fill()
  }

  #sweep(): void {
    const now = performance.now()
    for (const [key, bucket] of this.#buckets) {
      if (now - bucket.lastUsed > IDLE_MS) bucket.wanted = this.#floor
      if (bucket.wanted + bucket.ready.length + bucket.starting === 0) this.#buckets.delete(key)
      while (bucket.ready[0] !== undefined && now - bucket.ready[0].since > MAX_AGE_MS)
        this.#empty(bucket, bucket.ready.length - 1)
      if (bucket.ready.length > bucket.wanted) this.#empty(bucket, bucket.wanted)
    }
    this.#fill()
  }

  /** Discards the oldest until `keep` are left. */
  #empty(bucket: Bucket, keep: number): void {
    for (const { started } of bucket.ready.splice(0, bucket.ready.length - keep))
      this.#discard(bucket, started)
  }

  #discard(bucket: Bucket, started: StartedSandbox): void {
    started.sandbox.setRef('ref')
    this.#track(bucket.template.discard(started))
  }

  #track(work: Promise<void>): void {
    this.#work.add(work)
    void work.finally(() => this.#work.delete(work))
  }
}

function servesLight(bucket: Bucket): boolean {
  return performance.now() - bucket.lastServedLight < LIGHT_MS
}

/** Kinds that serve light organizations first, of those the most recently used. */
function byUse(a: Bucket, b: Bucket): number {
  return Number(servesLight(b)) - Number(servesLight(a)) || b.lastUsed - a.lastUsed
}

/** Kinds that serve light organizations first, of those the emptiest, then the most recently used. */
function byNeed(a: Bucket, b: Bucket): number {
  const stock = ({ ready, starting }: Bucket): number => ready.length + starting
  return Number(servesLight(b)) - Number(servesLight(a)) || stock(a) - stock(b) || b.lastUsed - a.lastUsed
}
