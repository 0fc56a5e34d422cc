/** A process that the stack supervises. */

/** What to run, and how to know that it is ready. */
export interface ProcessSpec {
  name: string
  command: string
  args: readonly string[]
  /** The whole environment of the child; nothing is inherited. */
  env: Readonly<Record<string, string>>
  /** Descriptors that the child inherits, from 3 on; called before each start. */
  inherits?(): readonly number[]
  /** First line of its stdin, for secrets that must not be in files or arguments. */
  firstStdinLine?: string
  /** How to stop it: `stdin` closes its stdin, for a process that signals do not reach. @default 'signal' */
  stopsBy?: 'signal' | 'stdin'
  /** The signal of a stop request. @default 'SIGTERM' */
  stopSignal?: 'SIGINT' | 'SIGTERM'
  /** The user it runs as; only root can set it. @default the user of this process */
  owner?: { uid: number; gid: number }
  /** Stdout and stderr are appended to this file. */
  logFile: string
  /** Runs before every start and restart; `stopping` aborts when the process must not start. */
  prepare?(stopping: AbortSignal): Promise<void>
  /**
   * Polled while the process runs: the reason to stop it now, or null. It is then killed, and restarted as after any
   * exit.
   */
  stopReason?(): Promise<string | null>
  /** True once the process answers; polled. */
  ready(): Promise<boolean>
  /** Called when it becomes ready, also after a restart. */
  onReady?(): void
  /** Called when it exits after it was ready. */
  onExit?(): void
  /** ms from start to ready; after that the start has failed. */
  readyTimeoutMs: number
  /** ms from the stop request to SIGKILL. */
  graceMs: number
}

export type ProcessState = 'starting' | 'ready' | 'restarting' | 'stopped'

/** A supervised process: restarted with backoff when it exits. */
export interface SupervisedProcess {
  readonly name: string
  readonly pid: number | undefined
  readonly state: ProcessState
  readonly restarts: number
  /** Why it last exited, with the last lines of its log. */
  readonly lastError: string | null
  /** Stops it, with SIGKILL after the grace period; resolves when it has exited. */
  stop(): Promise<void>
}
