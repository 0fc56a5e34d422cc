/** Idle slots, by the fork server they have; decides when to start a fork server. */
import type { ForkServer, Slot } from './slot.ts'

/** A fork server is replaced after so long, and a slot ended that was not used for so long. */
const MAX_AGE_MS = 300_000
/** The first run of a kind may be the only one. */
const WORTH_RUNS = 2
const MAX_FAILURES = 3
/** For what begins in a slot that dies. */
const ATTEMPTS = 3
/** Slots with fork servers; all others are left for runs that cannot use one. */
const MAX_FORK_SERVERS = 32

/** What the pool asks of a slot. */
export type PooledSlot = Pick<Slot, 'usable' | 'forkServer' | 'startForkServer' | 'close'>

interface Demand {
  runs: number
  failures: number
}

export class SlotPool<S extends PooledSlot = Slot> {
  readonly #add: () => Promise<S>
  #idle: { slot: S; since: number }[] = []
  /** Slots whose run is answered, and when nothing of it is left. */
  readonly #clearing = new Map<S, Promise<void>>()
  #starting = new Set<S>()
  readonly #demand = new Map<string, Demand>()
  #sweeper: NodeJS.Timeout | null = null
  #closed = false

  /** `add` makes a slot where all are in use. */
  constructor(add: () => Promise<S>) {
    this.#add = add
  }

  /**
   * What `start` begins in a slot of its own; in another where the slot dies before, which `start` says by null.
   * @throws {Error} where one slot after the other dies or cannot be made
   */
  async begin<Begun>(wanted: ForkServer | null, start: (slot: S) => Promise<Begun | null>): Promise<Begun> {
    let fault: unknown = new Error(`${ATTEMPTS} sandbox slots died in turn; see what kills them`)
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      try {
        const begun = await start(await this.acquire(wanted))
        if (begun !== null) return begun
      } catch (error) {
        fault = error
      }
    }
    throw fault
  }

  /** A slot that is used by no other run, with that fork server if one waits. */
  async acquire(wanted: ForkServer | null): Promise<S> {
    const key = wanted?.key ?? null
    const hasIt = (slot: S): boolean => key !== null && slot.forkServer?.key === key
    return this.#takeIf(hasIt) ?? (await this.#takeClearing(hasIt)) ?? this.#takeIf(isPlain) ?? this.#add()
  }

  /** Puts a slot back whose run has ended, once `cleared` says that nothing of the run is left. */
  async release(slot: S, wanted: ForkServer | null, cleared: Promise<void>): Promise<void> {
    this.#clearing.set(slot, cleared)
    await cleared
    if (this.#clearing.delete(slot)) this.#putBack(slot, wanted)
  }

  /**
   * The fork server a slot lacks is started now, while no run waits. Of those that only stood in for one that was
   * being started, one is kept.
   */
  #putBack(slot: S, wanted: ForkServer | null): void {
    if (this.#closed) return slot.close()
    this.#idle = this.#idle.filter((entry) => entry.slot.usable) // one that was killed is no stock
    if (!slot.usable) return
    if (wanted !== null && this.#isWorth(slot, wanted)) void this.#startForkServer(slot, wanted)
    else if (wanted !== null && isPlain(slot) && this.#idle.some((entry) => isPlain(entry.slot))) slot.close()
    else this.#keep(slot)
  }

  close(): void {
    this.#closed = true
    if (this.#sweeper !== null) clearInterval(this.#sweeper)
    for (const { slot } of this.#idle.splice(0)) slot.close()
    for (const slot of this.#starting) slot.close()
  }

  /** It is free in 1 to 3 ms; starting another sandbox from nothing takes longer. */
  async #takeClearing(fits: (slot: S) => boolean): Promise<S | null> {
    for (const [slot, cleared] of this.#clearing) {
      if (!fits(slot)) continue
      this.#clearing.delete(slot)
      await cleared
      return slot.usable ? slot : null
    }
    return null
  }

  #takeIf(fits: (slot: S) => boolean): S | null {
    const index = this.#idle.findLastIndex(({ slot }) => slot.usable && fits(slot))
    if (index < 0) return null
    return this.#idle.splice(index, 1)[0]?.slot ?? null
  }

  #isWorth(slot: S, wanted: ForkServer): boolean {
    const demand = this.#demand.get(wanted.key) ?? { runs: 0, failures: 0 }
    this.#demand.set(wanted.key, demand)
    demand.runs += 1
    const { forkServer: present } = slot
    if (present?.key === wanted.key) return performance.now() - present.since > MAX_AGE_MS
    if (demand.runs < WORTH_RUNS || demand.failures >= MAX_FAILURES || this.#starting.size > 0) return false
    // One that waits unused shows that there are enough.
    const waiting = this.#idle.filter((entry) => !isPlain(entry.slot))
    return (
      waiting.length < MAX_FORK_SERVERS && waiting.every((entry) => entry.slot.forkServer?.key !== wanted.key)
    )
  }

  async #startForkServer(slot: S, wanted: ForkServer): Promise<void> {
    this.#starting.add(slot)
    const ready = await slot.startForkServer(wanted)
    this.#starting.delete(slot)
    const demand = this.#demand.get(wanted.key)
    if (!ready && slot.usable && demand !== undefined) demand.failures += 1
    if (this.#closed) slot.close()
    else if (slot.usable) this.#keep(slot)
  }

  #keep(slot: S): void {
    this.#idle.push({ slot, since: performance.now() })
    this.#sweeper ??= setInterval(() => this.#sweep(), MAX_AGE_MS / 4).unref()
  }

  /** Ends what a burst of runs has left. The plain slot used last stays for the next run. */
  #sweep(): void {
    const now = performance.now()
    const kept = this.#idle.findLast(({ slot }) => slot.usable && isPlain(slot))
    this.#idle = this.#idle.filter((entry) => {
      const isFresh = entry.slot.usable && now - entry.since <= MAX_AGE_MS
      if (!isFresh && entry !== kept) entry.slot.close()
      return isFresh || entry === kept
    })
  }
}

function isPlain(slot: PooledSlot): boolean {
  return slot.forkServer === null
}
