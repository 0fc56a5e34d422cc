/** Slots nobody uses, by the fork server they have; decides when one is worth raising. */
import type { Forker, Slot } from './slot.ts'

/** A fork server is replaced after so long, and its slot ended when it was not used for so long. */
const MAX_AGE_MS = 300_000
/** The first run of a kind may be the only one. */
const WORTH_RUNS = 2
const MAX_FAILURES = 3
/** Slots with fork servers; all others are left for runs that cannot use one. */
const MAX_FORKERS = 32

interface Demand {
  runs: number
  failures: number
}

export class SlotShelf {
  #idle: { slot: Slot; since: number }[] = []
  #raising = new Set<Slot>()
  readonly #demand = new Map<string, Demand>()
  #sweeper: NodeJS.Timeout | null = null
  #closed = false

  /** A slot for runs of that fork server, with it if possible; null where all are in use. */
  take(forker: Forker | null): Slot | null {
    const key = forker?.key ?? null
    return this.#takeIf((slot) => key !== null && slot.forker?.key === key) ?? this.#takeIf(isPlain)
  }

  /**
   * Puts a slot back whose run has ended; the fork server it lacks is started now, while nobody waits. Of those
   * that only stood in for one that was being started, one is kept.
   */
  put(slot: Slot, forker: Forker | null): void {
    if (this.#closed) return slot.close()
    this.#idle = this.#idle.filter((entry) => entry.slot.usable) // one that was killed is no stock
    if (!slot.usable) return
    if (forker !== null && this.#isWorth(slot, forker)) void this.#raise(slot, forker)
    else if (forker !== null && isPlain(slot) && this.#idle.some((entry) => isPlain(entry.slot))) slot.close()
    else this.#shelve(slot)
  }

  close(): void {
    this.#closed = true
    if (this.#sweeper !== null) clearInterval(this.#sweeper)
    for (const { slot } of this.#idle.splice(0)) slot.close()
    for (const slot of this.#raising) slot.close()
  }

  #takeIf(fits: (slot: Slot) => boolean): Slot | null {
    const index = this.#idle.findLastIndex(({ slot }) => slot.usable && fits(slot))
    if (index < 0) return null
    return this.#idle.splice(index, 1)[0]?.slot ?? null
  }

  #isWorth(slot: Slot, forker: Forker): boolean {
    const demand = this.#demand.get(forker.key) ?? { runs: 0, failures: 0 }
    this.#demand.set(forker.key, demand)
    demand.runs += 1
    const { forker: present } = slot
    if (present?.key === forker.key) return performance.now() - present.since > MAX_AGE_MS
    if (demand.runs < WORTH_RUNS || demand.failures >= MAX_FAILURES || this.#raising.size > 0) return false
    // One that waits unused shows that there are enough.
    const waiting = this.#idle.filter((entry) => !isPlain(entry.slot))
    return waiting.length < MAX_FORKERS && waiting.every((entry) => entry.slot.forker?.key !== forker.key)
  }

  async #raise(slot: Slot, forker: Forker): Promise<void> {
    this.#raising.add(slot)
    const ready = await slot.raise(forker)
    this.#raising.delete(slot)
    const demand = this.#demand.get(forker.key)
    if (!ready && slot.usable && demand !== undefined) demand.failures += 1
    if (this.#closed) slot.close()
    else if (slot.usable) this.#shelve(slot)
  }

  #shelve(slot: Slot): void {
    this.#idle.push({ slot, since: performance.now() })
    this.#sweeper ??= setInterval(() => this.#sweep(), MAX_AGE_MS / 4).unref()
  }

  #sweep(): void {
    const now = performance.now()
    const isStale = ({ slot, since }: { slot: Slot; since: number }) =>
      !slot.usable || (!isPlain(slot) && now - since > MAX_AGE_MS)
    for (const { slot } of this.#idle.filter((entry) => isStale(entry))) slot.close()
    this.#idle = this.#idle.filter(({ slot }) => slot.usable)
  }
}

function isPlain(slot: Slot): boolean {
  return slot.forker === null
}
