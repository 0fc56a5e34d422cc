/** Types of execution requests and results. */

import type { Context } from '@opentelemetry/api'
import type { ExecutionRecord, FieldNameWith } from './record/record.ts'
import type { Language, LanguageAlias, RuntimeName } from './record/values.ts'

export type { ExecutionRecord, StartedRecord } from './record/record.ts'
export * from './record/values.ts'

export const LIMITS = ['time', 'cpu', 'memory', 'pids', 'output', 'disk', 'files'] as const
export type Limit = (typeof LIMITS)[number]

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** Limits that a caller may set; absent ones have the executor's default. */
export interface LimitsRequest {
  /** Wall time of the run, ms. Queueing and start-up do not count. */
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

/** All limits with their defaults, as a runtime receives them. */
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

/** Ids of the caller, copied to the record. */
export type ExecutionContext = { [Name in FieldNameWith<{ inContext: true }>]?: string | undefined } & {
  /** What the agent calls the tool that runs code, on span and log record. @default run_code */
  toolName?: string | undefined
}

/** Tokens that the model used to write the code. */
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

/** Network access of the code: none, the host's network, or the listed host names through a proxy. */
export type NetworkPolicy = 'none' | 'host' | { allow: readonly string[] }

/** Rules for the code, checked before it runs. */
export interface CodePolicy {
  /** Module names the code may not import or require. */
  denyModules?: readonly string[] | undefined
  /** Regular expressions (ECMAScript, flag `u`) the code may not match. */
  denyPatterns?: readonly string[] | undefined
}

/** A chunk of the code's output, in order of arrival. */
export interface OutputChunk {
  stream: 'stdout' | 'stderr'
  text: string
}

/** The span that the execution's is a child of; by default the caller's active one. Over HTTP these are headers. */
export interface ParentSpan {
  /** A context of any version of `@opentelemetry/api`, such as `context.active()`. */
  parent?: Context | undefined
  /** W3C Trace Context, instead of `parent`. */
  traceparent?: string | undefined
  tracestate?: string | undefined
}

/** The argument of `execute()`. Everything except the parent, `signal` and `onOutput` is JSON and can be sent over HTTP. */
export interface ExecutionRequest extends ParentSpan {
  runtime: RuntimeName
  language: Language | LanguageAlias
  code: string
  /** Argument of `main(input)`; any JSON value. */
  input?: unknown
  limits?: LimitsRequest | undefined
  context?: ExecutionContext | undefined
  env?: Readonly<Record<string, string>> | undefined
  files?: readonly FileContent[] | undefined
  network?: NetworkPolicy | undefined
  policy?: CodePolicy | undefined
  /** JSON Schema that the input must match before the code runs. */
  inputSchema?: unknown
  /** JSON Schema that the result must match, otherwise `failure`/`validation_output`. */
  outputSchema?: unknown
  usage?: Usage | undefined
  attempt?: number | undefined
  idempotencyKey?: string | undefined
  /** The execution that this one repeats. */
  replayOf?: string | undefined
  signal?: AbortSignal | undefined
  /** Called in order; a returned promise pauses that stream. */
  onOutput?: ((chunk: OutputChunk) => void | Promise<void>) | undefined
}

/** A request that names a code agent of the registry instead of code: its code, schemas and rules apply. */
export interface AgentExecutionRequest extends Omit<ExecutionRequest, 'runtime' | 'language' | 'code'> {
  /** `namespace/name`, perhaps with `@version`, `@range` or `@tag`; without, what is installed, else the newest. */
  agent: string
  /** One of those that the agent may run on. @default the first of them */
  runtime?: RuntimeName | undefined
}

/** The result of `execute()`: the record with `result` parsed, and the files in `/out`. */
export interface ExecutionResult extends Omit<ExecutionRecord, 'result'> {
  result: Json | null
  /** The result as JSON text, with every digit of its numbers; null without one. */
  resultText: string | null
  files: readonly FileContent[]
  /** What the caller has to know of the agent that ran: that it is deprecated or yanked. */
  warnings: readonly string[]
}
