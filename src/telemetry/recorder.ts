import type { Counters } from './counters.ts'
import type { Entry } from './outbox/frames.ts'
import type { OutboxWriter } from './outbox/writer.ts'
import type { Sink } from './processors.ts'

const WARN_EVERY_MS = 60_000

export interface RecorderParts {
  writer: OutboxWriter
  counters: Counters
  wake(bytes: number): void
}

/** Brings entries into the outbox: those of one step of an execution in one write. Never throws. */
export class Recorder implements Sink {
  readonly #parts: RecorderParts
  #gathered: Entry[] | null = null
  #warnedAt = Number.NEGATIVE_INFINITY

  constructor(parts: RecorderParts) {
    this.#parts = parts
  }

  /** The bound on disk is reached: what is not begun yet is counted and not written. */
  get isFull(): boolean {
    return this.#parts.writer.isFull
  }

  take(entry: Entry): void {
    if (this.#gathered === null) this.write([entry])
    else this.#gathered.push(entry)
  }

  /** Self-test records end here. */
  passed(): void {}

  /** Runs `emit` and returns what it emitted instead of writing it. */
  gather(emit: () => void): Entry[] {
    const entries: Entry[] = []
    this.#gathered = entries
    try {
      emit()
    } finally {
      this.#gathered = null
    }
    return entries
  }

  /** Writes entries; true when they are in the outbox. */
  write(entries: readonly Entry[]): boolean {
    const { counters, writer } = this.#parts
    try {
      this.#parts.wake(writer.append(entries))
      counters.written += entries.filter(({ kind }) => kind !== 'E').length
      return true
    } catch (error) {
      this.drop(error instanceof Error ? error.message : String(error))
      return false
    }
  }

  /** Counts what could not be kept and says so once a minute. */
  drop(why: string): void {
    const { counters } = this.#parts
    counters.dropped += 1
    counters.lastError = `the outbox cannot be written: ${why}`
    const now = performance.now()
    if (now - this.#warnedAt < WARN_EVERY_MS) return
    this.#warnedAt = now
    process.emitWarning(
      `exectrail: ${counters.dropped} records could not be kept: ${why}. Executions go on; free some space or raise EXECTRAIL_OUTBOX_MAX_MB.`,
      { code: 'EXECTRAIL_OUTBOX' },
    )
  }
}
