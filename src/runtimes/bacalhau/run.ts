/** One execution, from the job that is put to what came of it. */
import { setTimeout as pause } from 'node:timers/promises'
import { messageOf } from '../../errors.ts'
import type { RuntimeExit, RuntimeFault, RuntimeIo } from '../runtime.ts'
import type { JobCleanup } from './job-cleanup.ts'
import { BacalhauError, type BacalhauApi, type JobExecution } from './api.ts'
import type { Connection, Route } from './cluster.ts'
import { FrameReader } from './frames.ts'
import { GuestReport } from './guest-report.ts'
import type { PreparedJob } from './job.ts'
import { LogFollower } from './log-follower.ts'
import { fetchPublished } from './published.ts'
import { NO_PROGRESS, readProgress } from './progress.ts'
import { faultExit, readExit } from './read-exit.ts'
import type { StartupEstimate } from './startup-estimate.ts'

const POLL_FIRST_MS = 20
const POLL_MOST_MS = 250
/** ms an orchestrator that was there may be silent before the run is given up. */
const SILENCE_MS = 10_000
const STOP_PATIENCE_MS = 3_000
/** ms to wait for the last frame of a program that has ended. */
const LATE_MS = 10_000

export interface JobRunOptions {
  connection: Connection
  route: Route
  prepared: PreparedJob
  startup: StartupEstimate
  afterwards: JobCleanup
}

/** Puts the job, follows it to its end and leaves nothing of it behind. Resolves whatever happens. */
export async function runJob(options: JobRunOptions, io: RuntimeIo): Promise<RuntimeExit> {
  const { api } = options.connection
  if (io.signal.aborted) return faultExit('runtime_error', null)
  let jobId: string
  try {
    jobId = await api.submit(options.prepared.job)
  } catch (error) {
    const away = error instanceof BacalhauError && error.status === 0
    return faultExit(away ? 'runtime_unavailable' : 'runtime_error', messageOf(error))
  }
  return new JobRun(options, jobId, io).follow()
}

class JobRun {
  readonly #api: BacalhauApi
  readonly #options: JobRunOptions
  readonly #jobId: string
  readonly #io: RuntimeIo
  readonly #report: GuestReport
  readonly #reader: FrameReader
  readonly #over = new AbortController()
  readonly #restarts: number
  #progress = NO_PROGRESS
  readonly #log: LogFollower

  constructor(options: JobRunOptions, jobId: string, io: RuntimeIo) {
    this.#options = options
    this.#api = options.connection.api
    this.#restarts = options.connection.restarts
    this.#jobId = jobId
    this.#io = io
    this.#report = new GuestReport(io)
    this.#reader = new FrameReader(options.prepared.marker, this.#report)
    this.#log = new LogFollower({
      url: this.#api.url,
      jobId,
      onText: async (stream, text) => {
        this.#reader.push(stream, text)
        await this.#report.drain()
        if (this.#report.end !== null) this.#wake?.()
      },
      isDone: () => this.#report.end !== null || io.signal.aborted,
      onBreak: () => this.#wake?.(),
    })
  }

  async follow(): Promise<RuntimeExit> {
    let fault: RuntimeFault | null = null
    let execution = null
    try {
      const ended = await this.#watch()
      if (ended) await this.#collect()
      if (ended && this.#report.end === null) {
        execution = (await this.#api.executions(this.#jobId))[0] ?? null
        if (execution !== null) await this.#collectLate(execution)
      }
    } catch (error) {
      fault = { kind: 'runtime_error', message: messageOf(error) }
    }
    const aborted = this.#io.signal.aborted
    if (aborted || fault !== null || this.#retried) await this.#stop()
    else if (this.#progress.completedAtMs === null) this.#options.afterwards.add(this.#api, this.#jobId)
    this.#over.abort()
    await this.#log.close()
    this.#reader.end()
    await this.#report.drain()
    const { route } = this.#options
    return readExit({
      jobId: this.#jobId,
      engine: route.engine,
      report: this.#report,
      progress: this.#progress,
      execution,
      aborted,
      fault,
    })
  }

  /** More tries than one: the orchestrator's own idea of a failed job. */
  get #retried(): boolean {
    return this.#progress.executionIds.length > 1
  }

  /** Until the guest has said all, the job is over or the run is aborted; true unless aborted. */
  async #watch(): Promise<boolean> {
    let delayMs = POLL_FIRST_MS
    let answeredAt = performance.now()
    for (;;) {
      if (this.#report.end !== null) return true
      if (this.#io.signal.aborted) return false
      try {
        if (await this.#look()) return true
        answeredAt = performance.now()
      } catch (error) {
        if (performance.now() - answeredAt > SILENCE_MS || !isAway(error)) throw error
      }
      await this.#wait(delayMs)
      delayMs = Math.min(delayMs * 1.3, POLL_MOST_MS)
    }
  }

  /** One look at the job; true when it is over. */
  async #look(): Promise<boolean> {
    const progress = readProgress(await this.#api.history(this.#jobId))
    this.#progress = progress
    if (this.#options.connection.restarts !== this.#restarts)
      throw new Error('the node was restarted during the run')
    const { channel } = this.#options.route
    const [executionId] = progress.executionIds
    if (channel === 'stream' && executionId !== undefined && progress.runningAtMs !== null)
      this.#log.open(executionId)
    if (channel === 'published' && progress.runningAtMs !== null) this.#beginByEstimate()
    if (progress.completedAtMs !== null || this.#retried) return true
    if (progress.reason === null) return false
    const { state, message } = await this.#api.state(this.#jobId)
    this.#progress = { ...progress, reason: message === '' ? progress.reason : message }
    return ['Completed', 'Failed', 'Stopped'].includes(state)
  }

  /** A stock node does not report when a WASM guest begins: it is taken to begin when such guests usually do. */
  #beginByEstimate(): void {
    if (this.#estimating) return
    this.#estimating = true
    const timer = setTimeout(() => this.#report.begin(), this.#options.startup.ms)
    this.#over.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  }
  #estimating = false

  /** What is still on its way when the job is over. */
  async #collect(): Promise<void> {
    const [executionId] = this.#progress.executionIds
    if (this.#options.route.channel === 'stream') {
      if (executionId !== undefined) await this.#log.collect(executionId)
      return
    }
    if (this.#retried) return
    const [execution] = await this.#api.executions(this.#jobId)
    if (execution?.resultUrl === null || execution === undefined) return
    for (const [stream, text] of await fetchPublished(execution.resultUrl)) this.#reader.push(stream, text)
    const { runningAtMs, completedAtMs } = this.#progress
    if (this.#report.end !== null && runningAtMs !== null && completedAtMs !== null)
      this.#options.startup.learn(completedAtMs - runningAtMs - this.#report.end.durationMs)
  }

  /** A WASM guest that returned has said so before: its words are on their way. */
  async #collectLate({ failed, exitCode }: JobExecution): Promise<void> {
    const { channel, engine } = this.#options.route
    const [executionId] = this.#progress.executionIds
    if (channel !== 'stream' || engine !== 'wasm' || executionId === undefined) return
    if (!failed && (exitCode === null || exitCode === 0)) await this.#log.collect(executionId, LATE_MS)
  }

  /** Stops the job and retries for a while, because nothing may run on unwatched. */
  async #stop(): Promise<void> {
    const deadline = performance.now() + STOP_PATIENCE_MS
    for (;;) {
      try {
        await this.#api.stop(this.#jobId, 'ended by exectrail')
        return
      } catch (error) {
        // What cannot be stopped now is found by its labels at the next start, and ends by its own time limit.
        if (performance.now() > deadline || !isAway(error)) return
      }
      await pause(200)
    }
  }

  #wake: (() => void) | null = null

  /** Waits `ms`, or less when the guest has ended or the run is aborted. */
  async #wait(ms: number): Promise<void> {
    const { signal } = this.#io
    if (signal.aborted || this.#report.end !== null) return
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        this.#wake = null
        resolve()
      }
      const timer = setTimeout(done, ms)
      this.#wake = done
      signal.addEventListener('abort', done)
    })
  }
}

function isAway(error: unknown): boolean {
  return error instanceof BacalhauError && error.status === 0
}
