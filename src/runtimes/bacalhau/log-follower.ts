/** The log of one execution, resumed where the connection broke, up to the guest's last frame. */
import { setTimeout as pause } from 'node:timers/promises'
import { readLog, type LogEnd, type LogOptions } from './log-stream.ts'

const LOOK_MS = 50
const AGAIN_MS = 250
/** ms without a word after which a stream is taken for stalled once its job is over: a node now and then stops. */
const STALL_MS = 4_000

export interface FollowerOptions extends Omit<LogOptions, 'executionId' | 'signal' | 'skip'> {
  /** True once nothing more is wanted: the guest has ended, or the run was. */
  isDone: () => boolean
  /** Called whenever a stream has ended. */
  onBreak: () => void
}

export class LogFollower {
  readonly #options: FollowerOptions
  readonly #over = new AbortController()
  #reading = new AbortController()
  #log: Promise<LogEnd> | null = null
  #end: LogEnd | null = null
  #heard = 0

  constructor(options: FollowerOptions) {
    this.#options = options
  }

  /** Reads on behind the caller; does nothing while a stream is open. */
  open(executionId: string): void {
    if (this.#log !== null && this.#end === null) return
    const skip = this.#end?.taken ?? 0
    this.#end = null
    this.#reading = new AbortController()
    const { url, jobId, onText } = this.#options
    this.#log = readLog({
      url,
      jobId,
      executionId,
      skip,
      signal: AbortSignal.any([this.#over.signal, this.#reading.signal]),
      onText: (stream, text) => {
        this.#heard += 1
        return onText(stream, text)
      },
    })
    void this.#note(this.#log)
  }

  /**
   * What is still on its way when the job is over: asks for the log again until it holds nothing more, and where
   * there has to be more, until `patienceMs` have passed: a busy node closes a log it has not yet written.
   */
  async collect(executionId: string, patienceMs = 0): Promise<void> {
    const deadline = performance.now() + patienceMs
    for (let taken = -1; !this.#options.isDone(); taken = this.#end?.taken ?? 0) {
      this.open(executionId)
      await this.#untilEndOrStall()
      if (this.#end === null || this.#end.taken !== taken) continue
      if (performance.now() > deadline) return
      await pause(AGAIN_MS)
    }
  }

  /** Leaves the log and waits until what was taken of it is handed on. */
  async close(): Promise<void> {
    this.#over.abort()
    await this.#log
  }

  async #note(log: Promise<LogEnd>): Promise<void> {
    this.#end = await log
    this.#options.onBreak()
  }

  async #untilEndOrStall(): Promise<void> {
    let heard = this.#heard
    let quietSince = performance.now()
    while (this.#end === null && !this.#options.isDone()) {
      await Promise.race([this.#log, pause(LOOK_MS)])
      if (this.#heard !== heard) {
        heard = this.#heard
        quietSince = performance.now()
      } else if (performance.now() - quietSince > STALL_MS) {
        this.#reading.abort()
        this.#end = await this.#log
      }
    }
  }
}
