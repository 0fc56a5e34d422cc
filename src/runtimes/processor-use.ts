/**
 * What the code of each organization took of late. One that takes far more than the others is heavy: its programs run at
 * a reduced share of the processors, and what is started ahead is for the others first. Organizations are compared by
 * the time for which their code runs, because a program that waits for a busy processor takes none of it; one that takes
 * little processor time, as where its programs only wait, is never heavy.
 */

/** ms after which what was taken counts half. */
const HALF_LIFE_MS = 3_000
/** ms that an organization counts as active after its last run. */
const ACTIVE_MS = 10_000
/** The part of one processor from which on an organization can be heavy. */
const HEAVY_FROM = 0.12
/** Processor time of an organization, in ms, once it has taken that part for long. */
const HEAVY_MS = (HEAVY_FROM * HALF_LIFE_MS) / Math.LN2
/** The code of a heavy organization ran more than so many times as long as that of the other active ones on average. */
const HEAVY_TIMES = 1.5
/** Half-lives after which amounts are counted in a new unit, long before they are too large for a number. */
const UNIT_HALF_LIVES = 64

interface Use {
  /** Both in units of what one ms of now is worth at the epoch, so that all amounts decay alike. */
  cpu: number
  time: number
  running: number
  activeAt: number
}

/** What one run took, in ms. */
export interface Taken {
  cpuMs: number
  /** From its begin to its end. */
  timeMs: number
}

/** Counts what one run takes, also while it goes. */
export interface Meter {
  /** It has taken so many ms of processor time so far. */
  reach: (cpuMs: number) => void
  /** It ends, and has taken so many in all, or those it had reached where that is more. */
  end: (cpuMs: number) => void
}

/** Whether an organization takes far more than the others. */
export type Weight = 'light' | 'heavy'

/** What the organizations used. No step takes longer the more of them there are. */
export class ProcessorUse {
  readonly #now: () => number
  /** The least recently active first. */
  readonly #uses = new Map<string, Use>()
  #epoch: number
  #totalTime = 0

  /** `now` is a monotonic clock in ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
    this.#epoch = now()
  }

  /** An organization begins a run, or to have code compiled. */
  begin(organizationId: string): void {
    const use = this.#uses.get(organizationId) ?? { cpu: 0, time: 0, running: 0, activeAt: 0 }
    use.running += 1
    this.#touch(organizationId, use)
  }

  /** What an organization runs takes so much. */
  add(organizationId: string, { cpuMs, timeMs }: Taken): void {
    const use = this.#uses.get(organizationId)
    if (use === undefined) return
    const unit = this.#unit()
    use.cpu += cpuMs * unit
    use.time += timeMs * unit
    this.#totalTime += timeMs * unit
  }

  /** What has begun ends; it took so much, beside what was added while it ran. */
  end(organizationId: string, taken: Taken): void {
    this.add(organizationId, taken)
    const use = this.#uses.get(organizationId)
    if (use === undefined) return
    use.running -= 1
    this.#touch(organizationId, use)
  }

  /** An organization begins a run, of which is counted what it takes as it goes. */
  meter(organizationId: string): Meter {
    this.begin(organizationId)
    const since = this.#now()
    const counted: Taken = { cpuMs: 0, timeMs: 0 }
    const rest = (cpuMs: number): Taken => {
      const timeMs = this.#now() - since
      const taken = { cpuMs: Math.max(0, cpuMs - counted.cpuMs), timeMs: timeMs - counted.timeMs }
      Object.assign(counted, { cpuMs: counted.cpuMs + taken.cpuMs, timeMs })
      return taken
    }
    return {
      reach: (cpuMs) => this.add(organizationId, rest(cpuMs)),
      end: (cpuMs) => this.end(organizationId, rest(cpuMs)),
    }
  }

  /** Organizations that run something, or did of late. */
  countActive(): number {
    this.#forgetInactive()
    return this.#uses.size
  }

  /** `heavy` where an organization takes far more than the others; never for the only one. */
  weigh(organizationId: string): Weight {
    const others = this.countActive() - 1
    const own = this.#uses.get(organizationId)
    if (others < 1 || own === undefined || own.cpu < HEAVY_MS * this.#unit()) return 'light'
    return own.time > (HEAVY_TIMES * (this.#totalTime - own.time)) / others ? 'heavy' : 'light'
  }

  #touch(organizationId: string, use: Use): void {
    use.activeAt = this.#now()
    this.#uses.delete(organizationId)
    this.#uses.set(organizationId, use)
  }

  #forgetInactive(): void {
    const since = this.#now() - ACTIVE_MS
    for (const [organizationId, use] of this.#uses) {
      if (use.activeAt >= since) return
      if (use.running > 0) this.#touch(organizationId, use)
      else this.#forget(organizationId, use)
    }
  }

  #forget(organizationId: string, { time }: Use): void {
    this.#uses.delete(organizationId)
    this.#totalTime = this.#uses.size === 0 ? 0 : this.#totalTime - time
  }

  /** What one ms of now counts. */
  #unit(): number {
    const halfLives = (this.#now() - this.#epoch) / HALF_LIFE_MS
    if (halfLives < UNIT_HALF_LIVES) return 2 ** halfLives
    for (const use of this.#uses.values()) {
      use.cpu *= 2 ** -halfLives
      use.time *= 2 ** -halfLives
    }
    this.#totalTime *= 2 ** -halfLives
    this.#epoch = this.#now()
    return this.#uses.size
  }
}

/** Of all runtimes and compilers of this process together. */
export const processorUse = new ProcessorUse()
