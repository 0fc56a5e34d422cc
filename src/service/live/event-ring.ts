/** The latest events, shared by all listeners. */
const COUNT_MAX = 10_000
const BYTES_MAX = 16 * 1_048_576

export interface RingEvent {
  sequence: number
  key: string
  /** As they go over the wire. */
  bytes: Uint8Array
}

/** Keeps the latest 10,000 events, within 16 MiB. */
export class EventRing {
  readonly #events = new Map<number, RingEvent>()
  #bytes = 0

  /** Null for one that is no longer kept. */
  find(sequence: number): RingEvent | null {
    return this.#events.get(sequence) ?? null
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
