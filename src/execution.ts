/** The vocabulary of an execution: what is asked, what happened, what is kept. No behaviour lives here. */

export const RUNTIMES = ['vm2', 'subprocess', 'wasmedge', 'e2b', 'bacalhau'] as const
export type RuntimeName = (typeof RUNTIMES)[number]

export const LANGUAGES = ['javascript', 'typescript', 'python', 'bash'] as const
export type Language = (typeof LANGUAGES)[number]

/** What truly held around the code, never what was hoped for. */
export const ISOLATIONS = ['none', 'process', 'namespace', 'wasm', 'microvm', 'container'] as const
export type Isolation = (typeof ISOLATIONS)[number]

export const OUTCOMES = ['success', 'failure', 'timeout', 'limit', 'cancelled', 'error'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Low-cardinality reasons; the value of OpenTelemetry's `error.type`. */
export const ERROR_TYPES = [
  'exception',
  'exit_code',
  'syntax_error',
  'validation_input',
  'validation_output',
  'policy',
  'timeout',
  'memory_limit',
  'cpu_limit',
  'pids_limit',
  'output_limit',
  'disk_limit',
  'cancelled',
  'runtime_unavailable',
  'runtime_error',
  'executor_crashed',
] as const
export type ErrorType = (typeof ERROR_TYPES)[number]

export const LIMITS = ['time', 'cpu', 'memory', 'pids', 'output', 'disk', 'files'] as const
export type Limit = (typeof LIMITS)[number]

/** Who measured the memory peak. */
export type MemorySource = 'cgroup' | 'rusage' | 'engine' | 'provider'

/** Any value JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Limits a caller may set; what is absent takes the executor's default. */
export interface LimitsRequest {
  /** Wall time of the run alone, ms. Queueing and start-up do not count. */
  timeoutMs?: number | undefined
  /** CPU time of the whole tree, ms. */
  cpuMs?: number | undefined
  /** Memory of the whole tree, MiB. */
  memoryMb?: number | undefined
  /** Processes and threads together. */
  pids?: number | undefined
  /** Bytes of stdout, and of stderr, kept in the result (head and tail). */
  outputBytes?: number | undefined
  /** `truncate` keeps draining past `outputBytes`; `kill` ends the run as `limit`/`output_limit`. */
  outputPolicy?: 'truncate' | 'kill' | undefined
  /** Bytes of writable disk (`/tmp` and the working directory together). */
  diskBytes?: number | undefined
  /** Open files of one process. */
  openFiles?: number | undefined
}

/** Every limit settled; what a runtime receives. */
export interface Limits {
  timeoutMs: number
  cpuMs: number | null
  memoryBytes: number | null
  pids: number
  outputBytes: number
  outputPolicy: 'truncate' | 'kill'
  diskBytes: number
  openFiles: number
}

/** Who asked; copied to the record as it is. */
export interface ExecutionContext {
  organizationId?: string | undefined
  workspaceId?: string | undefined
  userId?: string | undefined
  codeAgentId?: string | undefined
  codeAgentVersion?: string | undefined
  workflowExecutionId?: string | undefined
  nodeId?: string | undefined
}

/** Tokens the model spent to write this code. */
export interface Usage {
  inputTokens?: number | undefined
  outputTokens?: number | undefined
  model?: string | undefined
}

/** A file by its path relative to the working directory; contents are UTF-8 text or base64. */
export interface FileContent {
  path: string
  content: string
  encoding?: 'utf8' | 'base64' | undefined
}

/** What the code may reach: nothing, the host's network, or listed host names through a proxy. */
export type NetworkPolicy = 'none' | 'host' | { allow: readonly string[] }

/** Refusals decided before a sandbox is spent. */
export interface CodePolicy {
  /** Module names the code may not import or require. */
  denyModules?: readonly string[] | undefined
  /** Regular expressions (ECMAScript, flag `u`) the code may not match. */
  denyPatterns?: readonly string[] | undefined
}

/** One chunk of what the code printed, in the order it arrived. */
export interface OutputChunk {
  stream: 'stdout' | 'stderr'
  text: string
}

/** What `execute()` takes. Everything but `signal` and `onOutput` is JSON and may come over HTTP. */
export interface ExecutionRequest {
  runtime: RuntimeName
  language: Language
  code: string
  /** Handed to `main(input)`; any JSON value. */
  input?: unknown
  limits?: LimitsRequest | undefined
  context?: ExecutionContext | undefined
  env?: Readonly<Record<string, string>> | undefined
  files?: readonly FileContent[] | undefined
  network?: NetworkPolicy | undefined
  policy?: CodePolicy | undefined
  /** JSON Schema the input must meet before anything runs. */
  inputSchema?: unknown
  /** JSON Schema the result must meet, else `failure`/`validation_output`. */
  outputSchema?: unknown
  usage?: Usage | undefined
  attempt?: number | undefined
  idempotencyKey?: string | undefined
  signal?: AbortSignal | undefined
  /** Called in order; a returned promise holds back the stream that called. */
  onOutput?: ((chunk: OutputChunk) => void | Promise<void>) | undefined
}

/**
 * The execution record: one row, one log record. Names are the API's JSON names and map one to one to
 * the snake_case columns of `code_exec_logs`. Absent is null, never 0 or ''. Times are ISO 8601 UTC
 * with up to nine fractional digits.
 */
export interface ExecutionRecord {
  executionId: string
  organizationId: string
  workspaceId: string | null
  userId: string | null
  codeAgentId: string | null
  codeAgentVersion: string | null
  workflowExecutionId: string | null
  nodeId: string | null
  attempt: number
  runtime: RuntimeName
  language: Language
  isolation: Isolation
  outcome: Outcome
  success: boolean
  exitCode: number | null
  signal: string | null
  errorType: ErrorType | null
  errorMessage: string | null
  errorStack: string | null
  errorFingerprint: string | null
  validationPassed: boolean | null
  durationMs: number
  queueMs: number
  startupMs: number
  cpuMs: number | null
  memoryPeakBytes: number | null
  memorySource: MemorySource | null
  limitTimeoutMs: number
  limitMemoryBytes: number | null
  tokensUsed: number | null
  inputTokens: number | null
  outputTokens: number | null
  model: string | null
  costRunNanoUsd: number | null
  costAllocatedNanoUsd: number | null
  priceId: string | null
  codeSha256: string
  codeBytes: number
  code: string | null
  /** JSON text. */
  input: string | null
  stdout: string
  stderr: string
  stdoutBytes: number
  stderrBytes: number
  outputTruncated: boolean
  /** JSON text. */
  result: string | null
  sandboxId: string | null
  /** ms the sandbox had been there when the run got it, 0 for a new one; null where none is ever kept. */
  sandboxAgeMs: number | null
  startedAt: string
  timestamp: string
  executorId: string
  traceId: string
  spanId: string
}

/** What is known when a run begins; the `code_exec.started` event. */
export type StartedRecord = Pick<
  ExecutionRecord,
  | 'executionId'
  | 'organizationId'
  | 'workspaceId'
  | 'userId'
  | 'codeAgentId'
  | 'codeAgentVersion'
  | 'workflowExecutionId'
  | 'nodeId'
  | 'attempt'
  | 'runtime'
  | 'language'
  | 'limitTimeoutMs'
  | 'limitMemoryBytes'
  | 'inputTokens'
  | 'outputTokens'
  | 'tokensUsed'
  | 'model'
  | 'codeSha256'
  | 'codeBytes'
  | 'code'
  | 'input'
  | 'startedAt'
  | 'executorId'
>

/** What `execute()` resolves to: the record with `result` and `input` parsed, and the files of `/out`. */
export interface ExecutionResult extends Omit<ExecutionRecord, 'result'> {
  result: Json | null
  files: readonly FileContent[]
}
