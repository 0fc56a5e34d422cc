/** The latest events, shared by all listeners. */
const COUNT_MAX = 10_000
const BYTES_MAX = 16 * 1_048_576

export interface RingEvent {
  sequence: number
  key: string
  /** As they go over the wire. */
  bytes: Uint8Array
}

interface Joined {
  sequences: readonly number[]
  bytes: Uint8Array
}

/** Keeps the latest 10,000 events, within 16 MiB. */
export class EventRing {
  readonly #events = new Map<number, RingEvent>()
  #bytes = 0
  #joined: Joined = { sequences: [], bytes: new Uint8Array() }

  /** Null for one that is no longer kept. */
  find(sequence: number): RingEvent | null {
    return this.#events.get(sequence) ?? null
  }

  /**
   * The bytes of these events one behind the other, or of the first of them up to about `maxBytes`. Listeners who want the
   * same get the same bytes. Null where one is no longer kept.
   */
  join(sequences: readonly number[], maxBytes: number): Joined | null {
    const { sequences: joined, bytes } = this.#joined
    const isSame = joined.length > 0 && joined.every((sequence, index) => sequence === sequences[index])
    if (isSame && (joined.length === sequences.length || bytes.length >= maxBytes)) return this.#joined
    const parts: Uint8Array[] = []
    let length = 0
    for (const sequence of sequences) {
      const event = this.find(sequence)
      if (event === null) return null
      parts.push(event.bytes)
      length += event.bytes.length
      if (length >= maxBytes) break
    }
    this.#joined = { sequences: sequences.slice(0, parts.length), bytes: Buffer.concat(parts, length) }
    return this.#joined
  }

  add(event: RingEvent): void {
    this.#events.set(event.sequence, event)
    this.#bytes += event.bytes.length
    for (const [sequence, { bytes }] of this.#events) {
      if (this.#events.size <= COUNT_MAX && this.#bytes <= BYTES_MAX) return
      this.#events.delete(sequence)
      this.#bytes -= bytes.length
    }
  }
}
