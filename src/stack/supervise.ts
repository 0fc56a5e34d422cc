/** Supervises one process: starts it, waits until it is ready, and restarts it with backoff. */
import { setTimeout as pause } from 'node:timers/promises'
import { ExectrailError, messageOf } from '../errors.ts'
import { startChild, type Child } from './child.ts'
import { lastLines, logSize, openLog, readLog, type LogFile } from './log-file.ts'
import { notePid, sweepPid } from './pid-file.ts'
import type { ProcessSpec, ProcessState, SupervisedProcess } from './process.ts'

const POLL_MS = 50
const STOP_REASON_POLL_MS = 100
const BACKOFF_FIRST_MS = 100
const BACKOFF_MOST_MS = 10_000
/** A process that ran this long resets its backoff. */
const STEADY_MS = 10_000

/**
 * Starts `spec` and resolves when it is ready; from then on it is restarted whenever it exits. First kills the process
 * that a killed stack left behind for the same log file.
 * @throws {ExectrailError} `stack_failed` with the last lines of its log when the first start fails.
 */
export async function supervise(spec: ProcessSpec): Promise<SupervisedProcess> {
  await sweepPid(pidFileOf(spec))
  const supervisor = new Supervisor(spec, await openLog(spec.logFile))
  try {
    await supervisor.launch()
  } catch (error) {
    await supervisor.stop()
    throw error
  }
  supervisor.keep()
  return supervisor
}

/** Next to the log; names the process that was started last. */
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

  /** Starts once and waits for ready. @throws {ExectrailError} with the reason; the child is killed */
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
      this.#spec.onReady?.()
      void child.ended.then(() => this.#spec.onExit?.())
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
    this.#kept = this.#restartForever()
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

  async #restartForever(): Promise<void> {
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
        this.lastError = messageOf(error)
      })
    }
  }

  /** Kills the child when it has a reason to stop. Resolves to the reason, or to null when it exits by itself. */
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

  /** Null when the child is ready, otherwise why it is not. */
  async #failureBeforeReady(child: Child): Promise<string | null> {
    const over = new AbortController()
    void child.ended.then(() => over.abort())
    const deadline = Date.now() + this.#spec.readyTimeoutMs
    while (!over.signal.aborted && !this.#stopping.signal.aborted) {
      // The request may wait in the queue of the reserved port while the child exits.
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
