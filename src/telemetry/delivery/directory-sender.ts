/** Delivers one part of the outbox in order and remembers how far. */
import { rm } from 'node:fs/promises'
import { crashFrame } from '../record/crash-completion.ts'
import { keepCorrupt } from '../outbox/dead-letters.ts'
import type { Part } from '../outbox/adopt.ts'
import { findExpired } from '../outbox/expire.ts'
import type { StoredFrame } from '../outbox/frames.ts'
import {
  listSegments,
  measurePart,
  readChunk,
  readPosition,
  removeSegment,
  savePosition,
  type Chunk,
  type PartSize,
  type Position,
} from '../outbox/reader.ts'
import { findUnended, readFrameAt, type Place } from '../outbox/incomplete.ts'
import type { OutboxWriter } from '../outbox/writer.ts'
import { Shipment, type Sending } from './pending-batch.ts'

const CRASHES_AT_ONCE = 200

/** Frames of one directory. What the receiver took of a run of frames is not sent again after a failure. */
export class PartSender {
  readonly directory: string
  readonly #resource: string
  #position: Position | null = null
  #underWay: { chunk: Chunk; shipment: Shipment } | null = null

  constructor(directory: string, resource: string) {
    this.directory = directory
    this.#resource = resource
  }

  /**
   * Sends all there is, segment by segment; `isActive` tells the one still written to, and `done` is called with
   * each sealed one that is through. @throws {DeliveryError} or file system errors
   */
  async send(
    sending: Sending,
    { isActive, done }: { isActive: (segment: number) => boolean; done: (segment: number) => Promise<void> },
  ): Promise<void> {
    this.#position ??= await readPosition(this.directory)
    for (const segment of await listSegments(this.directory)) {
      // Asked before it is read: sealed meanwhile, it is read once more.
      const state = isActive(segment) ? 'active' : 'sealed'
      if (segment >= this.#position.segment) await this.#sendSegment(segment, state, sending)
      if (state === 'sealed') await done(segment)
    }
  }

  async measure(): Promise<PartSize> {
    return measurePart(this.directory, this.#position ?? (await readPosition(this.directory)))
  }

  /** Gives up segments nothing was written to since `beforeMs` (epoch); `done` is called with each. */
  async expire(beforeMs: number, done: (segment: number) => Promise<void>): Promise<number> {
    this.#position ??= await readPosition(this.directory)
    let lost = 0
    for (const expired of await findExpired(this.directory, this.#position, beforeMs)) {
      if (this.#underWay?.chunk.segment === expired.segment) this.#underWay = null
      lost += expired.lost
      await done(expired.segment)
    }
    return lost
  }

  async #sendSegment(segment: number, state: 'active' | 'sealed', sending: Sending): Promise<void> {
    for (;;) {
      this.#underWay ??= await this.#next(segment, state)
      if (this.#underWay === null) return
      const { chunk, shipment } = this.#underWay
      await shipment.deliver(sending)
      for (const bytes of chunk.corrupt) await keepCorrupt(sending.root, bytes)
      sending.counters.corrupt += chunk.corrupt.length
      this.#position = { segment: chunk.segment, offset: chunk.end }
      this.#underWay = null
      // A full disk takes no new file: known here, it is sent again only if this process is killed.
      await savePosition(this.directory, this.#position).catch((error: unknown) => {
        sending.counters.lastError = `the place reached cannot be written: ${String(error)}`
      })
    }
  }

  async #next(
    segment: number,
    state: 'active' | 'sealed',
  ): Promise<{ chunk: Chunk; shipment: Shipment } | null> {
    const offset = this.#position?.segment === segment ? this.#position.offset : 0
    const chunk = await readChunk(this.directory, { segment, offset }, state)
    return chunk === null ? null : { chunk, shipment: new Shipment(this.#resource, chunk.frames) }
  }
}

/** A delivered segment of this size is ended, so that it can be removed. */
const REMOVABLE_BYTES = 1_048_576

/** Sends what this process writes, and removes what is through; all of it where `need` says there is no room. */
export async function sendOwn(
  part: PartSender,
  { writer, need }: { writer: OutboxWriter; need: 'room' | 'none' },
  sending: Sending,
): Promise<void> {
  const isActive = (segment: number): boolean => writer.isWriting(segment)
  const done = async (segment: number): Promise<void> => {
    try {
      await removeOwn(part, writer, segment)
    } catch (error) {
      // No room for the beginnings: the segment stays until there is, or until they have their ends.
      sending.counters.lastError = `the outbox cannot be written: ${String(error)}`
    }
  }
  await part.send(sending, { isActive, done })
  if (writer.activeBytes <= (need === 'room' ? 0 : REMOVABLE_BYTES)) return
  writer.seal()
  await part.send(sending, { isActive, done })
}

/** Gives up what this process wrote before `beforeMs` (epoch) and could not deliver; the records lost. */
export async function expireOwn(part: PartSender, writer: OutboxWriter, beforeMs: number): Promise<number> {
  if (writer.lastWriteMs < beforeMs) writer.seal()
  return part.expire(beforeMs, async (segment) => {
    if (!writer.isWriting(segment)) await removeOwn(part, writer, segment)
  })
}

/** Removes a segment; beginnings it alone holds move on. */
async function removeOwn(part: PartSender, writer: OutboxWriter, segment: number): Promise<void> {
  // Taken over meanwhile: what lies there is another's.
  if (writer.directory !== part.directory) return
  writer.carryOver(segment)
  await removeSegment(part.directory, segment)
}

/** A part taken over from one that is gone: its frames, then an end for each execution that has none. */
export class Inheritance {
  readonly part: Part
  readonly #sender: PartSender
  #unended: Place[] | null = null
  #crashes: { count: number; shipment: Shipment } | null = null

  constructor(part: Part) {
    this.part = part
    this.#sender = new PartSender(part.directory, part.resource)
  }

  /** Sends everything and removes the part. @throws {DeliveryError} or file system errors */
  async send(sending: Sending): Promise<void> {
    this.#unended ??= await findUnended(this.part.directory)
    await this.#sender.send(sending, { isActive: () => false, done: () => Promise.resolve() })
    while (this.#unended.length > 0) {
      this.#crashes ??= await this.#nextCrashes(this.#unended.slice(0, CRASHES_AT_ONCE))
      await this.#crashes.shipment.deliver(sending)
      sending.counters.adopted += this.#crashes.count
      this.#crashes = null
      this.#unended.splice(0, CRASHES_AT_ONCE)
    }
    await rm(this.part.directory, { recursive: true, force: true })
  }

  /** Gives up what was written before `beforeMs` (epoch); the records lost. */
  async expire(beforeMs: number): Promise<number> {
    const lost = await this.#sender.expire(beforeMs, (segment) => removeSegment(this.part.directory, segment))
    // What was begun there is gone as well.
    if (lost > 0) this.#unended = null
    return lost
  }

  /** What waits; at least 1 while something does. */
  async measure(): Promise<PartSize> {
    const size = await this.#sender.measure()
    const crashes = this.#unended?.length ?? 1
    return { ...size, waitingBytes: Math.max(size.waitingBytes, crashes) }
  }

  async #nextCrashes(places: readonly Place[]): Promise<{ count: number; shipment: Shipment }> {
    const frames: StoredFrame[] = []
    for (const place of places) {
      const begun = await readFrameAt(this.part.directory, place)
      if (begun !== null) frames.push(crashFrame(begun, this.part.lastSignMs))
    }
    return { count: frames.length, shipment: new Shipment(this.part.resource, frames) }
  }
}
