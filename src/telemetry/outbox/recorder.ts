import { messageOf } from '../../errors.ts'
import type { Counters } from '../counters.ts'
import {
  decodeFrames,
  encodeFrame,
  MAX_PAYLOAD_BYTES,
  recordsOf,
  type Frame,
  type StoredFrame,
} from './frames.ts'
import type { OutboxWriter } from './writer.ts'
import type { CapturedRecord } from '../foreign-records.ts'

const WARN_EVERY_MS = 60_000
const RETRY_EVERY_MS = 250
/** Most bytes held in memory while the disk takes none. */
const HELD_MAX_BYTES = 16 * 1_048_576
const HELD_AT_ONCE = 256

export interface RecorderParts {
  writer: OutboxWriter
  counters: Counters
  /** Called after a write, with the bytes it put on the disk. */
  wake(bytes: number): void
  maxBytes: number
  /** Writes a note of a loss. @throws file system errors */
  noteLoss(records: number, why: string): void
}

/**
 * Writes frames to the outbox, those of one step of an execution in one write. Never throws. Frames that the disk does
 * not take, or that exceed the outbox's limit, are held in memory until the disk takes them or the sender has delivered
 * them from there; what exceeds the limit of memory is counted as dropped.
 */
export class Recorder {
  readonly #parts: RecorderParts
  #held: { frame: Frame; bytes: number }[] = []
  #heldBytes = 0
  /** The sender is delivering the oldest held frames from memory: they stay where they are. */
  #isLeased = false
  #triedAt = Number.NEGATIVE_INFINITY
  #warnedAt = Number.NEGATIVE_INFINITY
  /** Losses without a note yet. */
  #unnoted: { records: number; why: string } | null = null
  /** Bytes of the outbox on the disk, as last measured, and those written since. */
  diskBytes = 0

  constructor(parts: RecorderParts) {
    this.#parts = parts
  }

  /** Bytes that are only in memory. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** Half the limit is used: delivered segments should be removed. */
  get isAtBound(): boolean {
    return this.diskBytes > this.#parts.maxBytes / 2
  }

  /** Writes a span or log record of the host program. */
  take(record: CapturedRecord): void {
    if (isTooLarge(record)) this.drop(1, `one of ${record.signal} of the host program is larger than a frame`)
    else this.write([toFrame(record)])
  }

  /** Writes frames to the disk, or holds them in memory. */
  write(frames: readonly Frame[]): void {
    this.retryHeld()
    // The limit never separates a completion from its start: there are no more of those than run at once.
    const ends = frames.some((frame) => isEnd(frame) && this.#parts.writer.holds(frame.executionId))
    if ((ends || this.#held.length === 0) && this.#append(frames, ends ? 'completion' : 'start')) return
    this.#hold(frames)
  }

  /** Tries to write the held frames to the disk. */
  retryHeld(): void {
    if (this.#isLeased || this.#held.length === 0 || performance.now() - this.#triedAt < RETRY_EVERY_MS)
      return
    this.#triedAt = performance.now()
    while (this.#held.length > 0) {
      const some = this.#held.slice(0, HELD_AT_ONCE)
      if (
        !this.#append(
          some.map(({ frame }) => frame),
          'start',
        )
      )
        return
      this.#forget(some.length)
    }
  }

  /** The oldest held frames, as the sender reads frames; they stay held until `release`. */
  leaseHeld(): StoredFrame[] {
    this.#isLeased = true
    const now = Date.now()
    const bytes = this.#held.slice(0, HELD_AT_ONCE).map(({ frame }) => encodeFrame(frame, now))
    return decodeFrames(Buffer.concat(bytes)).frames
  }

  /** Ends a lease. Delivered frames are dropped from memory; the end of an execution may still have to be written. */
  release(outcome: 'delivered' | 'failed', leased: readonly StoredFrame[]): void {
    this.#isLeased = false
    if (outcome === 'failed') return
    this.#forget(leased.length)
    const { writer } = this.#parts
    for (const { kind, executionId } of leased) {
      if (!isEnd({ kind }) || !writer.holds(executionId)) continue
      // Without room for it the store decides: a true completion wins over a presumed crash.
      if (!this.#append([{ kind: 'E', executionId, first: '', second: '' }], 'completion'))
        writer.forget(executionId)
    }
  }

  #append(frames: readonly Frame[], step: 'start' | 'completion'): boolean {
    const { counters, writer, maxBytes } = this.#parts
    try {
      if (step === 'start' && this.diskBytes >= maxBytes)
        throw new Error(`its bound of ${maxBytes} bytes is reached`)
      const since = performance.now()
      const bytes = writer.append(frames)
      this.#countAppend(performance.now() - since)
      this.diskBytes += bytes
      counters.written += frames.reduce((sum, frame) => sum + recordsOf(frame), 0)
      this.#parts.wake(bytes)
      return true
    } catch (error) {
      counters.lastError = `the outbox cannot be written: ${messageOf(error)}`
      return false
    }
  }

  #countAppend(ms: number): void {
    const { appends } = this.#parts.counters
    appends.count += 1
    appends.totalMs += ms
    appends.longestMs = Math.max(appends.longestMs, ms)
  }

  #hold(frames: readonly Frame[]): void {
    this.#triedAt = performance.now()
    const dropped = frames.filter((frame) => !this.#push(frame))
    const records = dropped.reduce((sum, frame) => sum + recordsOf(frame), 0)
    if (records > 0) this.drop(records, this.#parts.counters.lastError ?? 'no room')
    this.#parts.wake(0)
  }

  #push(frame: Frame): boolean {
    const bytes = frame.first.length + frame.second.length + 64
    if (this.#heldBytes + bytes > HELD_MAX_BYTES) return false
    this.#held.push({ frame, bytes })
    this.#heldBytes += bytes
    return true
  }

  #forget(count: number): void {
    for (const { bytes } of this.#held.splice(0, count)) this.#heldBytes -= bytes
  }

  /** Counts records that could not be kept, and warns at most once a minute. */
  drop(records: number, why: string): void {
    const { counters } = this.#parts
    counters.dropped += records
    this.#unnoted ??= { records: 0, why }
    this.#unnoted.records += records
    this.#unnoted.why = why
    const now = performance.now()
    if (now - this.#warnedAt < WARN_EVERY_MS) return
    this.#warnedAt = now
    process.emitWarning(
      `exectrail: ${counters.dropped} records are lost: ${why}. Executions go on; make room on the disk or raise EXECTRAIL_OUTBOX_MAX_MB.`,
      { code: 'EXECTRAIL_OUTBOX' },
    )
  }

  /** Writes a note of the losses since the last one; a full disk takes it later. */
  noteLosses(): void {
    if (this.#unnoted === null) return
    const { records, why } = this.#unnoted
    try {
      this.#parts.noteLoss(records, why)
      this.#unnoted = null
    } catch (error) {
      this.#parts.counters.lastError = `the note of ${records} lost records cannot be written: ${String(error)}`
    }
  }
}

function toFrame({ signal, scope, json }: CapturedRecord): Frame {
  return { kind: signal === 'logs' ? 'L' : 'S', executionId: '', first: scope, second: json }
}

/** An execution's record always fits a frame; nested attributes of the host program may not. */
function isTooLarge({ scope, json }: CapturedRecord): boolean {
  const most = MAX_PAYLOAD_BYTES - 1024
  if (3 * (scope.length + json.length) <= most) return false
  return Buffer.byteLength(scope) + Buffer.byteLength(json) > most
}

function isEnd({ kind }: Pick<Frame, 'kind'>): boolean {
  return kind === 'C' || kind === 'E'
}
