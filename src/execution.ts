/** The vocabulary of an execution: what is asked, what happened, what is kept. No behaviour lives here. */

import type { ExecutionRecord, FieldNameWith } from './record/record.ts'
import type { Language, RuntimeName } from './record/values.ts'

export type { ExecutionRecord, StartedRecord } from './record/record.ts'
export * from './record/values.ts'

export const LIMITS = ['time', 'cpu', 'memory', 'pids', 'output', 'disk', 'files'] as const
export type Limit = (typeof LIMITS)[number]

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
export type ExecutionContext = { [Name in FieldNameWith<{ inContext: true }>]?: string | undefined } & {
  /** What the agent calls the tool that runs code, on span and log record. @default run_code */
  toolName?: string | undefined
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

/** What `execute()` resolves to: the record with `result` and `input` parsed, and the files of `/out`. */
export interface ExecutionResult extends Omit<ExecutionRecord, 'result'> {
  result: Json | null
  files: readonly FileContent[]
}
