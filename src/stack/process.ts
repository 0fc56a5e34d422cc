/** A process the stack starts and keeps alive. Implemented beside the Collector; used for every part. */

/** What to run and how to know that it serves. */
export interface ProcessSpec {
  name: string
  command: string
  args: readonly string[]
  /** The whole environment of the child; nothing is inherited. */
  env: Readonly<Record<string, string>>
  /** Descriptors of this process that the child finds from 3 on; asked before each start. */
  inherits?(): readonly number[]
  /** First line of its stdin, for secrets that no file and no list of processes may show. */
  greeting?: string
  /** How it is asked to stop: `stdin` by its end, where a signal does not reach it. @default 'signal' */
  stopsBy?: 'signal' | 'stdin'
  /** Where stdout and stderr are appended. */
  logFile: string
  /** Runs before every start, also before each restart; `stopping` is aborted when there will be none. */
  prepare?(stopping: AbortSignal): Promise<void>
  /**
   * Polled while the process serves: why it must stop now, or null. It is then killed and restarted as after any
   * other exit.
   */
  stopReason?(): Promise<string | null>
  /** True once the process answers; asked repeatedly with a short pause. */
  ready(): Promise<boolean>
  /** It serves, for the first time or again. */
  served?(): void
  /** It served and has ended. */
  ended?(): void
  /** ms from start to ready before the start counts as failed. */
  readyTimeoutMs: number
  /** ms from being asked to stop to SIGKILL. */
  graceMs: number
}

export type ProcessState = 'starting' | 'ready' | 'restarting' | 'stopped'

/** A supervised process: restarted with backoff whenever it ends by itself. */
export interface SupervisedProcess {
  readonly name: string
  readonly pid: number | undefined
  readonly state: ProcessState
  readonly restarts: number
  /** Last reason it ended, with the last lines of its log. */
  readonly lastError: string | null
  /** Asks it to end, then SIGKILL after a grace; resolves when it is gone. */
  stop(): Promise<void>
}
