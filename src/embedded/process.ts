/** A process the stack starts and keeps alive. Implemented beside the Collector; used for every part. */

/** What to run and how to know that it serves. */
export interface ProcessSpec {
  name: string
  command: string
  args: readonly string[]
  /** The whole environment of the child; nothing is inherited. */
  env: Readonly<Record<string, string>>
  /** Where stdout and stderr are appended. */
  logFile: string
  /** Runs before every start, also before each restart; `stopping` is aborted when there will be none. */
  prepare?(stopping: AbortSignal): Promise<void>
  /**
   * Asked all the time while it serves: why it must not go on just now, or null. It is killed then, and started
   * again as after any other end.
   */
  hindrance?(): Promise<string | null>
  /** True once the process answers; asked repeatedly with a short pause. */
  ready(): Promise<boolean>
  /** ms from start to ready before the start counts as failed. */
  readyTimeoutMs: number
  /** ms from SIGTERM to SIGKILL when it is stopped. */
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
  /** SIGTERM, then SIGKILL after a grace; resolves when it is gone. */
  stop(): Promise<void>
}
