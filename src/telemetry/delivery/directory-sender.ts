/** Sends the frames of one directory of the outbox in order, and remembers how far it is. */
import { writeCorrupt } from '../outbox/dead-letters.ts'
import { findExpired } from '../outbox/expire.ts'
import {
  listSegments,
  measureDirectory,
  readChunk,
  readPosition,
  savePosition,
  type Chunk,
  type DirectorySize,
  type Position,
} from '../outbox/reader.ts'
import type { Signal } from './otlp-client.ts'
import { PendingBatch, type DeliveryContext } from './pending-batch.ts'

export interface SegmentHandling {
  /** True for the segment that is still written to. */
  isActive: (segment: number) => boolean
  /** Called with each sealed segment that is delivered. */
  done: (segment: number) => Promise<void>
}

/** What the receiver took of a batch is not sent again after a failure. */
export class DirectorySender {
  readonly directory: string
  readonly #resource: string
  #position: Position | null = null
  #current: { chunk: Chunk; batch: PendingBatch } | null = null
  /** How far the one signal with a receiver has been sent. Only in memory: other processes and later runs send it again. */
  #ahead: { signal: Signal; position: Position } | null = null

  constructor(directory: string, resource: string) {
    this.directory = directory
    this.#resource = resource
  }

  /** Sends everything, segment by segment. @throws {DeliveryError} or file system errors */
  async send(context: DeliveryContext, { isActive, done }: SegmentHandling): Promise<void> {
    this.#position ??= await readPosition(this.directory)
    for (const segment of await listSegments(this.directory)) {
      // Asked before it is read: a segment sealed meanwhile is read once more.
      const state = isActive(segment) ? 'active' : 'sealed'
      if (segment >= this.#position.segment) await this.#sendSegment(segment, state, context)
      if (state === 'sealed') await done(segment)
    }
  }

  /** Sends one signal and keeps the frames for the other, which has no receiver. @throws {DeliveryError} or file system errors */
  async sendAhead(
    signal: Signal,
    context: DeliveryContext,
    isActive: SegmentHandling['isActive'],
  ): Promise<void> {
    this.#position ??= await readPosition(this.directory)
    if (this.#ahead?.signal !== signal) this.#ahead = { signal, position: this.#position }
    this.#current = null
    for (const segment of await listSegments(this.directory)) {
      const state = isActive(segment) ? 'active' : 'sealed'
      if (segment < this.#ahead.position.segment) continue
      for (;;) {
        const { position } = this.#ahead
        const offset = position.segment === segment ? position.offset : 0
        const chunk = await readChunk(this.directory, { segment, offset }, state)
        if (chunk === null) break
        await new PendingBatch(this.#resource, chunk.frames).deliverOnly(signal, context)
        this.#ahead = { signal, position: { segment, offset: chunk.end } }
      }
    }
  }

  async measure(): Promise<DirectorySize> {
    return measureDirectory(this.directory, this.#position ?? (await readPosition(this.directory)))
  }

  /** Gives up segments last written before `beforeMs` (epoch); `done` is called with each. Returns the records lost. */
  async expire(beforeMs: number, done: SegmentHandling['done']): Promise<number> {
    this.#position ??= await readPosition(this.directory)
    let lost = 0
    for (const expired of await findExpired(this.directory, this.#position, beforeMs)) {
      if (this.#current?.chunk.segment === expired.segment) this.#current = null
      lost += expired.lost
      await done(expired.segment)
    }
    return lost
  }

  async #sendSegment(segment: number, state: 'active' | 'sealed', context: DeliveryContext): Promise<void> {
    for (;;) {
      this.#current ??= await this.#next(segment, state)
      if (this.#current === null) return
      const { chunk, batch } = this.#current
      await batch.deliver(context)
      for (const bytes of chunk.corrupt) await writeCorrupt(context.root, bytes)
      context.counters.corrupt += chunk.corrupt.length
      this.#position = { segment: chunk.segment, offset: chunk.end }
      this.#current = null
      // A full disk takes no new file. This process knows the position; only after a kill it is sent again.
      await savePosition(this.directory, this.#position).catch((error: unknown) => {
        context.counters.lastError = `the position of delivery cannot be written: ${String(error)}`
      })
    }
  }

  async #next(
    segment: number,
    state: 'active' | 'sealed',
  ): Promise<{ chunk: Chunk; batch: PendingBatch } | null> {
    const offset = this.#position?.segment === segment ? this.#position.offset : 0
    const chunk = await readChunk(this.directory, { segment, offset }, state)
    if (chunk === null) return null
    return { chunk, batch: new PendingBatch(this.#resource, chunk.frames, this.#sentOf(chunk)) }
  }

  /** The signal of a chunk that was sent ahead. */
  #sentOf({ segment, end }: Chunk): Signal | null {
    if (this.#ahead === null) return null
    const { signal, position } = this.#ahead
    const isSent = segment < position.segment || (segment === position.segment && end <= position.offset)
    return isSent ? signal : null
  }
}
