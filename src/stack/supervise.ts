/** Keeps one part alive: starts it, waits until it serves, restarts it with backoff whenever it ends. */
import { setTimeout as pause } from 'node:timers/promises'
import { ExectrailError } from '../errors.ts'
import { startChild, type Child } from './child.ts'
import { lastLines, logSize, openLog, readLog, type LogFile } from './log-file.ts'
import { notePid, sweepPid } from './pid-file.ts'
import type { ProcessSpec, ProcessState, SupervisedProcess } from './process.ts'

const POLL_MS = 50
const STOP_REASON_POLL_MS = 100
const BACKOFF_FIRST_MS = 100
const BACKOFF_MOST_MS = 10_000
/** A part that served this long and then ended begins its backoff anew. */
const STEADY_MS = 10_000

/**
 * Starts `spec` and resolves once it is ready; from then on it is restarted for ever. What a killed stack left
 * behind under the same log file is ended first.
 * @throws {ExectrailError} `stack_failed` with the last lines of its log when the first start fails.
 */
export async function supervise(spec: ProcessSpec): Promise<SupervisedProcess> {
  await sweepPid(pidFileOf(spec))
  const part = new Supervisor(spec, await openLog(spec.logFile))
  try {
    await part.launch()
  } catch (error) {
    await part.stop()
    throw error
  }
  part.keep()
  return part
}

/** Beside the log: who was started last. */
function pidFileOf(spec: ProcessSpec): string {
  return spec.logFile.replace(/(\.log)?$/, '.pid')
}

class Supervisor implements SupervisedProcess {
  state: ProcessState = 'starting'
  restarts = 0
  lastError: string | null = null
  readonly #spec: ProcessSpec
  readonly #log: LogFile
  readonly #stopping = new AbortController()
  #child: Child | undefined
  #kept: Promise<void> = Promise.resolve()

  constructor(spec: ProcessSpec, log: LogFile) {
    this.#spec = spec
    this.#log = log
  }

  get name(): string {
    return this.#spec.name
  }

  get pid(): number | undefined {
    return this.state === 'stopped' ? undefined : this.#child?.pid
  }

  /** One start, up to ready. A child that does not get there is ended and the reason thrown. */
  async launch(): Promise<void> {
    await this.#spec.prepare?.(this.#stopping.signal)
    if (this.#stopping.signal.aborted) return
    const mark = await logSize(this.#spec.logFile)
    const child = await startChild(this.#spec, this.#log.fd)
    this.#child = child
    if (child.pid !== undefined) await notePid(pidFileOf(this.#spec), child.pid)
    const failure = await this.#failureBeforeReady(child)
    if (failure === null) {
      this.state = 'ready'
      this.#spec.served?.()
      void child.ended.then(() => this.#spec.ended?.())
      const watched = this.#watch(child)
      void child.ended.then(async (reason) => this.#explain((await watched) ?? reason, mark))
      return
    }
    child.kill()
    await child.ended
    const explained = await this.#explain(failure, mark)
    throw new ExectrailError('stack_failed', explained, {
      hint: `its log is ${this.#spec.logFile}`,
    })
  }

  keep(): void {
    this.#kept = this.#restartForEver()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    const child = this.#child
    if (child !== undefined) {
      child.stop()
      const late = setTimeout(() => child.kill(), this.#spec.graceMs)
      await child.ended
      clearTimeout(late)
    }
    await this.#kept
    this.state = 'stopped'
    await sweepPid(pidFileOf(this.#spec))
    this.#log.close()
  }

  async #restartForEver(): Promise<void> {
    let failures = 0
    while (!this.#stopping.signal.aborted) {
      const since = Date.now()
      await this.#child?.ended
      if (this.#stopping.signal.aborted) return
      this.state = 'restarting'
      if (Date.now() - since > STEADY_MS) failures = 0
      await this.#backOff(failures)
      if (this.#stopping.signal.aborted) return
      failures += 1
      this.restarts += 1
      await this.launch().catch((error: unknown) => {
        this.lastError = error instanceof Error ? error.message : String(error)
      })
    }
  }

  /** Kills a child that has a reason to stop; resolves to the reason, or null when it ended by itself. */
  async #watch(child: Child): Promise<string | null> {
    const over = new AbortController()
    void child.ended.then(() => over.abort())
    while (this.#spec.stopReason !== undefined && !over.signal.aborted) {
      const stopReason = await this.#spec.stopReason().catch(() => null)
      if (stopReason !== null && !over.signal.aborted) {
        child.kill()
        return `was stopped: ${stopReason}`
      }
      await pause(STOP_REASON_POLL_MS, undefined, { signal: over.signal }).catch(() => undefined)
    }
    return null
  }

  async #backOff(failures: number): Promise<void> {
    const most = Math.min(BACKOFF_MOST_MS, BACKOFF_FIRST_MS * 2 ** failures)
    await pause(most * (0.5 + Math.random() / 2), undefined, { signal: this.#stopping.signal }).catch(
      () => undefined,
    )
  }

  /** Null once the part serves, else why it never did. */
  async #failureBeforeReady(child: Child): Promise<string | null> {
    const over = new AbortController()
    void child.ended.then(() => over.abort())
    const deadline = Date.now() + this.#spec.readyTimeoutMs
    while (!over.signal.aborted && !this.#stopping.signal.aborted) {
      // A question may wait in the queue of a port that is held for it, and the child end meanwhile.
      const gone = child.ended.then(() => false)
      if (await Promise.race([this.#spec.ready().catch(() => false), gone])) break
      if (Date.now() > deadline) return `did not answer within ${this.#spec.readyTimeoutMs} ms`
      await pause(POLL_MS)
    }
    if (over.signal.aborted) return child.ended
    return this.#stopping.signal.aborted ? 'was stopped before it was ready' : null
  }

  async #explain(reason: string, mark: number): Promise<string> {
    const lines = lastLines(await readLog(this.#spec.logFile, mark), 5)
    const explained = [`${this.#spec.name} ${reason}`, ...lines].join('\n  ')
    if (!this.#stopping.signal.aborted) this.lastError = explained
    return explained
  }
}
