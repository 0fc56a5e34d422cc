import type {
  FileContent,
  Isolation,
  Language,
  Limit,
  Limits,
  MemorySource,
  NetworkPolicy,
  OutputChunk,
  RuntimeName,
} from '../execution.ts'

/** What a runtime may be without, by its nature; programs that need it do not give the same answer there. */
export const LIMITATIONS = [
  'error messages',
  'exit code',
  'files',
  'folders in /out',
  'modules',
  'more modules',
  'process',
  'processes',
  'Proxy',
  'stdin',
  'time zones',
  'unchanged code',
  'web globals',
] as const
export type Limitation = (typeof LIMITATIONS)[number]

/** What a runtime serves and how firmly; data, shown by `doctor` and `GET /v1/runtimes`. */
export interface Capabilities {
  languages: readonly Language[]
  /** The best this runtime gives; what truly held is on each exit. */
  isolation: Isolation
  enforces: readonly Limit[]
  streaming: boolean
  /** What programs do without here, and why. @default nothing */
  lacks?: Readonly<Partial<Record<Limitation, string>>>
}

/** One run, every default settled and everything already validated. */
export interface RuntimeRequest {
  executionId: string
  organizationId: string
  workflowExecutionId: string | null
  codeAgentId: string | null
  language: Language
  code: string
  /** JSON text for `main(input)`; `null` is the input when the caller gave none. */
  input: string
  env: Readonly<Record<string, string>>
  files: readonly FileContent[]
  network: NetworkPolicy
  limits: Limits
}

/** The executor's side of a run. */
export interface RuntimeIo {
  /** Aborted at the deadline or by the caller; the runtime then ends the whole tree and resolves. */
  signal: AbortSignal
  /**
   * Called for each chunk in order; await it before reading on, it is the back-pressure. After that `bytes` may
   * be written over: who keeps them copies them.
   */
  onOutput(chunk: { stream: OutputChunk['stream']; bytes: Uint8Array }): void | Promise<void>
  /**
   * Called once, when a started interpreter has the code before it: until the code runs it may take as long as the
   * deadline allows, for compiling. A runtime that does not know leaves it out.
   */
  onHandedOver?(): void
  /**
   * Called once, when the user's code has begun: start-up ends and the deadline starts to count. `at`, by the clock of
   * `performance.now`, is when it began, where the runtime knows that better than by the time of the call.
   */
  onRunning(at?: number): void
  /** Called with the ms of the deadline that compiling the code took. */
  onCompiled?(ms: number): void
}

/** Something the user's code threw and did not catch; `stack` in the user's own file and line numbers. */
export interface UncaughtError {
  name: string
  message: string
  stack: string | null
}

/** The runtime's own trouble, in its own words. */
export interface RuntimeFault {
  kind: 'runtime_unavailable' | 'runtime_error'
  message: string
}

/** What a sandbox has of its own, and the part of its life that was held for one run. */
export interface Allocated {
  /** Null where the provider does not say. */
  vcpus: number | null
  memoryBytes: number | null
  /** ms since the sandbox was made; parts of successive runs meet. @default from start-up to the end of the run */
  held?: { fromMs: number; untilMs: number }
}

/** What happened, not what it means. Fields that cannot be known are null. */
export interface RuntimeExit {
  exitCode: number | null
  signal: string | null
  /** JSON text of what `main` returned; null for a script or when nothing came back. */
  result: string | null
  /** The code was refused by the language before its first statement ran. */
  syntaxError: boolean
  uncaught: UncaughtError | null
  /** A limit the runtime saw broken, from evidence (cgroup counter, signal it sent), else null. */
  limit: Limit | null
  fault: RuntimeFault | null
  isolation: Isolation
  /** ms of the run by the runtime's best clock; null: the executor's counts. */
  durationMs: number | null
  /** ms spent waiting inside the backend before start-up (a remote scheduler's queue). */
  queueMs: number | null
  cpuMs: number | null
  memoryPeakBytes: number | null
  memorySource: MemorySource | null
  sandboxId: string | null
  /** ms the sandbox had been there when the run got it, 0 for a new one; null where none is ever kept. */
  sandboxAgeMs: number | null
  /** What is paid for, used or not. @default null, the run shares the processors and the memory of its host */
  allocated?: Allocated | null
  /** Files found in `/out`. */
  files: readonly FileContent[]
  /** Files there that were not kept: beyond the limits, links, no regular files. @default null, not counted */
  outFilesDropped?: number | null
}

/** Ready or not, in words for a person: what is missing and the command that gets it. */
export interface Readiness {
  ready: boolean
  /** Version of the engine behind it, as it names itself. */
  version: string | null
  isolation: Isolation
  enforces: readonly Limit[]
  missing: readonly { what: string; fix: string }[]
  /** Remarks worth a line: what is weaker here than it could be, and why. */
  notes: readonly string[]
}

/**
 * The seam between exectrail and anything that can run code. A runtime reports what happened; timeout,
 * cancellation, output caps, validation, outcome, record and cost are the executor's. `run` resolves
 * also for faults of the runtime; it rejects only for a bug.
 */
export interface Runtime {
  readonly name: RuntimeName
  readonly capabilities: Capabilities
  run(request: RuntimeRequest, io: RuntimeIo): Promise<RuntimeExit>
  check(): Promise<Readiness>
  close(): Promise<void>
}
