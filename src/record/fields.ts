/**
 * The execution record, one line a field. Types, attributes, columns, the API's schema and filters and the data
 * dictionary are derived from here; `test/record/fields.test.ts` holds the migrations to it.
 */
import { ERROR_TYPES, ISOLATIONS, LANGUAGES, MEMORY_SOURCES, OUTCOMES, RUNTIMES } from './values.ts'

export interface Field {
  /** 'json' is JSON as text; 'time' is ISO 8601 UTC with up to nine fractional digits. */
  type: 'text' | 'json' | 'integer' | 'double' | 'boolean' | 'time'
  /** A text of a closed set. */
  values?: readonly [string, ...string[]]
  /** Least value of an integer. @default 0 where the column is unsigned */
  min?: number
  /** Absent is null, never 0 or ''. */
  nullable?: true
  /** ClickHouse type of the column; its name is the field's in snake_case. */
  column: string
  /**
   * Attribute key: OpenTelemetry's semantic conventions where one exists (gen_ai.*, process.*, exception.*,
   * error.type, user.id), else under `code_exec.`. One type per key for ever: stores split keys by type.
   */
  attribute?: string
  /** Where the log record carries it, for a field without an attribute. */
  carriedBy?: string
  /** The caller gives it in the request's `context`; copied as it is. */
  inContext?: true
  /** Known when the run begins, so it is on the `started` event as well, except content. */
  atStart?: true
  /** On the span as well. */
  onSpan?: true
  /** Text of the caller or of the code, in which secrets are masked. 'optional' content can be switched off. */
  content?: 'optional' | 'always'
  /** The hash of whole content that the record holds in part. */
  isBlob?: true
  /** A long text keeps its first 64 KiB, or its beginning and its end. @default the first 4 KiB */
  keeps?: 'head' | 'ends'
  /** It has a query parameter of its own. */
  filterable?: true
  unit?: string
  /** A sentence; of a closed set, what stands before its values. */
  means: string
}

// oxfmt-ignore
export const FIELDS = {
  // Who asked, and for what.
  executionId: { type: 'text', column: 'String', attribute: 'code_exec.execution.id', atStart: true, onSpan: true, filterable: true, unit: 'UUIDv7', means: 'Identity of the execution, made before the run; part of the sort key.' },
  organizationId: { type: 'text', column: 'LowCardinality(String)', attribute: 'code_exec.organization.id', inContext: true, atStart: true, onSpan: true, means: 'Tenant; every query of the service names it. `default` where the caller gave none.' },
  workspaceId: { type: 'text', nullable: true, column: 'LowCardinality(Nullable(String))', attribute: 'code_exec.workspace.id', inContext: true, atStart: true, filterable: true, means: 'Workspace within the organization.' },
  userId: { type: 'text', nullable: true, column: 'Nullable(String)', attribute: 'user.id', inContext: true, atStart: true, filterable: true, means: 'The person or account the run was for.' },
  codeAgentId: { type: 'text', nullable: true, column: 'LowCardinality(String)', attribute: 'gen_ai.agent.id', inContext: true, atStart: true, onSpan: true, filterable: true, means: "The agent that wrote the code. In the sort key, so an execution without one holds `''`; the API shows null." },
  codeAgentVersion: { type: 'text', nullable: true, column: 'LowCardinality(Nullable(String))', attribute: 'gen_ai.agent.version', inContext: true, atStart: true, means: 'Version of that agent.' },
  workflowExecutionId: { type: 'text', nullable: true, column: 'Nullable(String)', attribute: 'code_exec.workflow_execution.id', inContext: true, atStart: true, onSpan: true, filterable: true, means: 'The workflow run this execution was a step of.' },
  nodeId: { type: 'text', nullable: true, column: 'LowCardinality(Nullable(String))', attribute: 'code_exec.node.id', inContext: true, atStart: true, filterable: true, means: 'The step of the workflow.' },
  attempt: { type: 'integer', min: 1, column: 'UInt32', attribute: 'code_exec.attempt', atStart: true, unit: '≥ 1', means: 'Which try of the same step this was.' },

  // How it ran.
  runtime: { type: 'text', values: RUNTIMES, column: 'LowCardinality(String)', attribute: 'code_exec.runtime', atStart: true, onSpan: true, filterable: true, means: 'Where it ran' },
  language: { type: 'text', values: LANGUAGES, column: 'LowCardinality(String)', attribute: 'code_exec.language', atStart: true, onSpan: true, filterable: true, means: 'Language of the code' },
  isolation: { type: 'text', values: ISOLATIONS, column: 'LowCardinality(String)', attribute: 'code_exec.isolation', filterable: true, means: 'What truly held around the code' },

  // How it ended.
  outcome: { type: 'text', values: OUTCOMES, column: 'LowCardinality(String)', attribute: 'code_exec.outcome', onSpan: true, filterable: true, means: 'How the execution ended' },
  success: { type: 'boolean', column: 'Bool', attribute: 'code_exec.success', means: 'Whether `outcome` is `success`.' },
  exitCode: { type: 'integer', nullable: true, column: 'Nullable(Int32)', attribute: 'process.exit.code', onSpan: true, means: 'Exit code of the program; null where it never ended by itself.' },
  signal: { type: 'text', nullable: true, column: 'LowCardinality(Nullable(String))', attribute: 'code_exec.signal', means: 'Signal that ended the program.' },
  errorType: { type: 'text', values: ERROR_TYPES, nullable: true, column: 'LowCardinality(Nullable(String))', attribute: 'error.type', onSpan: true, filterable: true, means: 'Low-cardinality reason' },
  errorMessage: { type: 'text', nullable: true, column: 'Nullable(String)', attribute: 'exception.message', content: 'always', keeps: 'head', unit: 'text, capped', means: "What went wrong, in the words of the code or of the runtime; may be `''` where an error has no message. For bash, the exit code and the last line of stderr." },
  errorStack: { type: 'text', nullable: true, column: 'Nullable(String)', attribute: 'exception.stacktrace', content: 'always', keeps: 'head', unit: 'text, capped', means: "Stack in the user's own files and lines." },
  hint: { type: 'text', nullable: true, column: 'LowCardinality(Nullable(String))', attribute: 'code_exec.hint', means: 'A line of help where the code has a mistake that many make; null elsewhere.' },
  errorFingerprint: { type: 'text', nullable: true, column: 'LowCardinality(Nullable(String))', attribute: 'code_exec.error.fingerprint', filterable: true, unit: '16 hex', means: 'Same for errors that differ only in ids, numbers and paths.' },
  validationPassed: { type: 'boolean', nullable: true, column: 'Nullable(Bool)', attribute: 'code_exec.validation.passed', means: 'Whether input and result met their schemas; null where there was nothing to validate.' },

  // What it took.
  durationMs: { type: 'double', column: 'Float64', attribute: 'code_exec.duration_ms', onSpan: true, unit: 'ms', means: 'The run, without queue and start-up.' },
  queueMs: { type: 'double', column: 'Float64', attribute: 'code_exec.queue_ms', unit: 'ms', means: 'Waiting for a slot before the run.' },
  startupMs: { type: 'double', column: 'Float64', attribute: 'code_exec.startup_ms', unit: 'ms', means: 'Making the sandbox ready before the run.' },
  cpuMs: { type: 'double', nullable: true, column: 'Nullable(Float64)', attribute: 'code_exec.cpu_ms', unit: 'ms', means: 'CPU time of the whole process tree.' },
  memoryPeakBytes: { type: 'integer', nullable: true, column: 'Nullable(UInt64)', attribute: 'code_exec.memory.peak_bytes', unit: 'bytes', means: 'Peak of the whole process tree.' },
  memorySource: { type: 'text', values: MEMORY_SOURCES, nullable: true, column: 'LowCardinality(Nullable(String))', attribute: 'code_exec.memory.source', means: 'Who measured the peak' },
  limitTimeoutMs: { type: 'integer', column: 'UInt64', attribute: 'code_exec.limit.timeout_ms', atStart: true, unit: 'ms', means: 'Time limit that was set for the run.' },
  limitMemoryBytes: { type: 'integer', nullable: true, column: 'Nullable(UInt64)', attribute: 'code_exec.limit.memory_bytes', atStart: true, unit: 'bytes', means: 'Memory limit that was set.' },

  // What it cost.
  tokensUsed: { type: 'integer', nullable: true, column: 'Nullable(UInt64)', attribute: 'code_exec.tokens_used', atStart: true, unit: 'count', means: 'Tokens the model spent in all.' },
  inputTokens: { type: 'integer', nullable: true, column: 'Nullable(UInt64)', attribute: 'gen_ai.usage.input_tokens', atStart: true, unit: 'count', means: 'Tokens of the prompt.' },
  outputTokens: { type: 'integer', nullable: true, column: 'Nullable(UInt64)', attribute: 'gen_ai.usage.output_tokens', atStart: true, unit: 'count', means: 'Tokens of the answer.' },
  model: { type: 'text', nullable: true, column: 'LowCardinality(Nullable(String))', attribute: 'gen_ai.request.model', atStart: true, filterable: true, means: 'The model that wrote the code.' },
  allocatedVcpus: { type: 'double', nullable: true, column: 'Nullable(Float64)', attribute: 'code_exec.allocated.vcpus', unit: 'count', means: 'Virtual processors of the sandbox; null where it shares those of its host.' },
  allocatedMemoryBytes: { type: 'integer', nullable: true, column: 'Nullable(UInt64)', attribute: 'code_exec.allocated.memory_bytes', unit: 'bytes', means: 'Memory of the sandbox; null where it shares that of its host.' },
  heldFromMs: { type: 'double', nullable: true, column: 'Nullable(Float64)', attribute: 'code_exec.held.from_ms', unit: "ms of the sandbox's life", means: 'Where the part of its life begins that was held for this execution: at 0 for the first, else where the part of the one before ends.' },
  heldUntilMs: { type: 'double', nullable: true, column: 'Nullable(Float64)', attribute: 'code_exec.held.until_ms', unit: "ms of the sandbox's life", means: 'Where that part ends: when the execution gave the sandbox back, or the sandbox was ended.' },
  costRunNanoUsd: { type: 'integer', nullable: true, column: 'Nullable(Int64)', attribute: 'code_exec.cost.run_nano_usd', unit: '10⁻⁹ USD', means: 'Cost of the resources while the code ran; null where it is unknown.' },
  costAllocatedNanoUsd: { type: 'integer', nullable: true, column: 'Nullable(Int64)', attribute: 'code_exec.cost.allocated_nano_usd', unit: '10⁻⁹ USD', means: 'Cost of all that was held for it, start-up and waiting included; null where it is unknown.' },
  costTokensNanoUsd: { type: 'integer', nullable: true, column: 'Nullable(Int64)', attribute: 'code_exec.cost.tokens_nano_usd', unit: '10⁻⁹ USD', means: 'Cost of the tokens the model spent to write the code.' },
  priceId: { type: 'text', nullable: true, column: 'LowCardinality(Nullable(String))', attribute: 'code_exec.cost.price_id', means: 'Lines of the price book that the costs were computed with, joined by `+`.' },

  // What ran, and what came back.
  codeSha256: { type: 'text', column: 'String', attribute: 'code_exec.code.sha256', atStart: true, filterable: true, unit: '64 hex', means: 'Hash of the code, also where the code itself is not kept.' },
  codeBytes: { type: 'integer', column: 'UInt64', attribute: 'code_exec.code.bytes', atStart: true, unit: 'bytes', means: 'Size of the code.' },
  code: { type: 'text', nullable: true, column: 'Nullable(String)', attribute: 'code_exec.code', atStart: true, content: 'optional', keeps: 'head', unit: 'text, capped', means: 'The code; null where it is not kept.' },
  input: { type: 'json', nullable: true, column: 'Nullable(String)', attribute: 'code_exec.input', atStart: true, content: 'optional', keeps: 'head', unit: 'JSON text, capped', means: 'What `main` was given.' },
  request: { type: 'json', nullable: true, column: 'Nullable(String)', attribute: 'code_exec.request', atStart: true, content: 'optional', keeps: 'head', unit: 'JSON text, capped', means: 'What else the run was given: files, network, further limits, rules and schemas, and the names of its variables; null where none was.' },
  requestLoss: { type: 'text', nullable: true, column: 'LowCardinality(Nullable(String))', attribute: 'code_exec.request_loss', atStart: true, means: 'What of code, input and request is not kept as it was, such as `input masked`; `content expired` where they went by their age, `none` where a replay has all of it, null in records from before.' },
  stdout: { type: 'text', column: 'String', attribute: 'code_exec.stdout', content: 'optional', keeps: 'ends', unit: 'text, head and tail', means: 'What the code printed.' },
  stderr: { type: 'text', column: 'String', attribute: 'code_exec.stderr', content: 'optional', keeps: 'ends', unit: 'text, head and tail', means: 'What the code printed as errors.' },
  stdoutBytes: { type: 'integer', column: 'UInt64', attribute: 'code_exec.stdout.bytes', unit: 'bytes', means: 'All that was printed, whatever was kept.' },
  stderrBytes: { type: 'integer', column: 'UInt64', attribute: 'code_exec.stderr.bytes', unit: 'bytes', means: 'The same for errors.' },
  outputTruncated: { type: 'boolean', column: 'Bool', attribute: 'code_exec.output.truncated', means: 'Whether `stdout` or `stderr` is cut.' },
  result: { type: 'json', nullable: true, column: 'Nullable(String)', attribute: 'code_exec.result', content: 'optional', keeps: 'head', unit: 'JSON text, capped', means: 'What `main` returned; null for a script.' },
  outFilesDropped: { type: 'integer', nullable: true, column: 'Nullable(UInt64)', attribute: 'code_exec.out_files_dropped', unit: 'count', means: 'Files of `/out` that were not kept: beyond 256 files or 32 MiB, links, pipes; counted up to 100,000; null where the runtime does not count them.' },
  codeBlob: { type: 'text', nullable: true, column: 'Nullable(String)', attribute: 'code_exec.code.blob', isBlob: true, unit: '64 hex', means: 'SHA-256 of the whole code as it is kept, under which the blob store has it; null where `code` holds all of it, or where it was not kept.' },
  inputBlob: { type: 'text', nullable: true, column: 'Nullable(String)', attribute: 'code_exec.input.blob', isBlob: true, unit: '64 hex', means: 'The same for `input`.' },
  requestBlob: { type: 'text', nullable: true, column: 'Nullable(String)', attribute: 'code_exec.request.blob', isBlob: true, unit: '64 hex', means: 'The same for `request`, with the files that it only names.' },
  resultBlob: { type: 'text', nullable: true, column: 'Nullable(String)', attribute: 'code_exec.result.blob', isBlob: true, unit: '64 hex', means: 'The same for `result`.' },
  stdoutBlob: { type: 'text', nullable: true, column: 'Nullable(String)', attribute: 'code_exec.stdout.blob', isBlob: true, unit: '64 hex', means: 'The same for `stdout`; output beyond the bound of a blob is left out.' },
  stderrBlob: { type: 'text', nullable: true, column: 'Nullable(String)', attribute: 'code_exec.stderr.blob', isBlob: true, unit: '64 hex', means: 'The same for `stderr`.' },
  filesBlob: { type: 'text', nullable: true, column: 'Nullable(String)', attribute: 'code_exec.files.blob', isBlob: true, unit: '64 hex', means: 'SHA-256 of a JSON list of the files of `/out`: path, bytes and SHA-256 of each, under which the blob store has its content; null without any.' },

  // Where the record belongs.
  sandboxId: { type: 'text', nullable: true, column: 'Nullable(String)', attribute: 'code_exec.sandbox.id', means: "The provider's own id of the sandbox." },
  sandboxAgeMs: { type: 'double', nullable: true, column: 'Nullable(Float64)', attribute: 'code_exec.sandbox.age_ms', unit: 'ms', means: 'How long the sandbox had been there when the run got it, 0 for a new one; null where the runtime keeps none.' },
  toolCallId: { type: 'text', nullable: true, column: 'Nullable(String)', attribute: 'gen_ai.tool.call.id', inContext: true, atStart: true, onSpan: true, filterable: true, means: "The tool call that asked for the run, in the words of the agent's framework." },
  conversationId: { type: 'text', nullable: true, column: 'Nullable(String)', attribute: 'gen_ai.conversation.id', inContext: true, atStart: true, onSpan: true, filterable: true, means: 'The conversation, session or thread in which it was asked for.' },
  replayOf: { type: 'text', nullable: true, column: 'Nullable(String)', attribute: 'code_exec.replay_of', atStart: true, filterable: true, means: 'The execution that this one repeats.' },
  startedAt: { type: 'time', column: "DateTime64(9, 'UTC')", attribute: 'code_exec.started_at', atStart: true, unit: 'UTC, ns', means: 'When `execute()` accepted the request; in the sort key, and what windows of queries are over.' },
  timestamp: { type: 'time', column: "DateTime64(9, 'UTC')", carriedBy: '(time of the log record)', unit: 'UTC, ns', means: 'When the execution ended.' },
  executorId: { type: 'text', column: 'LowCardinality(String)', carriedBy: 'resource `service.instance.id`', atStart: true, means: 'The executor that ran it.' },
  traceId: { type: 'text', column: 'String', carriedBy: '(context of the log record)', filterable: true, unit: '32 hex', means: 'Trace of its span in `otel_traces`.' },
  spanId: { type: 'text', column: 'String', carriedBy: '(context of the log record)', unit: '16 hex', means: 'Its span.' },
} as const satisfies Readonly<Record<string, Field>>
