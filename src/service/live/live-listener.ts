import type { EventRing, RingEvent } from './event-ring.ts'

/** Events that wait for one listener, at most; the oldest are skipped. */
const WAITING_MAX = 2_000
/** Bytes that are handed over at once. */
const CHUNK_BYTES = 65_536

/** What was there before a listener came back, and the keys of those events, which may come again. */
export interface Backlog {
  skipped: number
  events: readonly Uint8Array[]
  keys: ReadonlySet<string>
}

/**
 * One who listens. It holds numbers of events in the shared ring, not events: a slow one costs 16 kB, and gets the number
 * of those that it missed.
 */
export class LiveListener implements AsyncIterator<Uint8Array> {
  readonly #ring: EventRing
  readonly #encodeSkipped: (count: number) => Uint8Array
  readonly #before: Uint8Array[] = []
  #known: ReadonlySet<string> = new Set()
  #waiting: number[] = []
  #skipped = 0
  #closed = false
  #changed: PromiseWithResolvers<void> | null = null

  constructor(ring: EventRing, encodeSkipped: (count: number) => Uint8Array) {
    this.#ring = ring
    this.#encodeSkipped = encodeSkipped
  }

  /** Events from before it listened; to be given before the first is taken. */
  precede({ skipped, events, keys }: Backlog): void {
    if (skipped > 0) this.#before.push(this.#encodeSkipped(skipped))
    this.#before.push(...events)
    this.#known = keys
  }

  /** Notes an event that it wants. */
  offer({ sequence }: RingEvent): void {
    this.#waiting.push(sequence)
    if (this.#waiting.length < 2 * WAITING_MAX) return
    this.#skipped += this.#waiting.length - WAITING_MAX
    this.#waiting = this.#waiting.slice(-WAITING_MAX)
  }

  /** To be called after events were offered. */
  wake(): void {
    if (this.#waiting.length === 0) return
    this.#changed?.resolve()
    this.#changed = null
  }

  /** The next events, as many as fit into a chunk. */
  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    while (!this.#closed) {
      const value = this.#take()
      if (value !== null) return { done: false, value }
      this.#changed ??= Promise.withResolvers<void>()
      await this.#changed.promise
    }
    return { done: true, value: undefined }
  }

  close(): void {
    this.#closed = true
    this.#changed?.resolve()
  }

  #take(): Uint8Array | null {
    if (this.#waiting.length === 0 && this.#before.length === 0) return null
    const isPlain = this.#before.length === 0 && this.#skipped === 0 && this.#known.size === 0
    const joined = isPlain ? this.#ring.join(this.#waiting, CHUNK_BYTES) : null
    if (joined === null) return this.#collect()
    this.#waiting.splice(0, joined.sequences.length)
    return joined.bytes
  }

  /** As `#take`, where events may be gone, or were sent before. */
  #collect(): Uint8Array | null {
    const chunk = new Chunk()
    this.#before.splice(
      0,
      chunk.fill(this.#before, (part) => part),
    )
    const taken = chunk.fill(this.#waiting, (sequence) => this.#find(sequence))
    this.#waiting.splice(0, taken)
    return chunk.bytes()
  }

  /** Null for an event that is gone, or was sent already. */
  #find(sequence: number): Uint8Array | null {
    const event = this.#ring.find(sequence)
    if (event === null) this.#skipped += 1
    if (event === null || this.#known.has(event.key)) return null
    if (this.#skipped === 0) return event.bytes
    const note = this.#encodeSkipped(this.#skipped)
    this.#skipped = 0
    return Buffer.concat([note, event.bytes])
  }
}

class Chunk {
  readonly #parts: Uint8Array[] = []
  #length = 0

  /** Adds until it is full; returns how many were looked at. */
  fill<Item>(items: readonly Item[], toPart: (item: Item) => Uint8Array | null): number {
    for (const [index, item] of items.entries()) {
      if (this.#length >= CHUNK_BYTES) return index
      const part = toPart(item)
      if (part === null) continue
      this.#parts.push(part)
      this.#length += part.length
    }
    return items.length
  }

  bytes(): Uint8Array | null {
    return this.#parts.length === 0 ? null : Buffer.concat(this.#parts, this.#length)
  }
}
