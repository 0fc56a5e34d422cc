/** Every attribute key, once: which field of the record it carries, of what type, and whether the span has it too. */
import type { ExecutionRecord } from '../execution.ts'

/**
 * One type per key for ever: stores split keys by type. 'integer' and 'double' stay what they are whatever the
 * value; 'head' and 'output' are text with a cap of their own.
 */
type Kind = 'text' | 'head' | 'output' | 'integer' | 'double' | 'boolean' | 'nanoseconds'

interface Attribute {
  key: string
  kind: Kind
  /** The span has it too. */
  onSpan?: true
  /** What the caller or the code wrote: not on the `started` event, and can be left out altogether. */
  isContent?: true
}

const attribute = (key: string, kind: Kind = 'text'): Attribute => ({ key, kind })
const onSpan = (key: string, kind: Kind = 'text'): Attribute => ({ key, kind, onSpan: true })
const content = (key: string, kind: 'head' | 'output'): Attribute => ({ key, kind, isContent: true })

/** Fields that travel beside the attributes: in the resource, the record's time or its trace context. */
type Elsewhere = 'executorId' | 'timestamp' | 'traceId' | 'spanId'

/**
 * Field → attribute. Keys are OpenTelemetry's semantic conventions where one exists (gen_ai.*, process.*,
 * exception.*, error.type, user.id), else under `code_exec.`.
 */
export const ATTRIBUTES: Readonly<Record<Exclude<keyof ExecutionRecord, Elsewhere>, Attribute>> = {
  executionId: onSpan('code_exec.execution.id'),
  organizationId: onSpan('code_exec.organization.id'),
  workspaceId: attribute('code_exec.workspace.id'),
  userId: attribute('user.id'),
  codeAgentId: onSpan('gen_ai.agent.id'),
  codeAgentVersion: attribute('gen_ai.agent.version'),
  workflowExecutionId: onSpan('code_exec.workflow_execution.id'),
  nodeId: attribute('code_exec.node.id'),
  attempt: attribute('code_exec.attempt', 'integer'),
  runtime: onSpan('code_exec.runtime'),
  language: onSpan('code_exec.language'),
  isolation: attribute('code_exec.isolation'),
  outcome: onSpan('code_exec.outcome'),
  success: attribute('code_exec.success', 'boolean'),
  exitCode: onSpan('process.exit.code', 'integer'),
  signal: attribute('code_exec.signal'),
  errorType: onSpan('error.type'),
  errorMessage: attribute('exception.message', 'head'),
  errorStack: attribute('exception.stacktrace', 'head'),
  errorFingerprint: attribute('code_exec.error.fingerprint'),
  validationPassed: attribute('code_exec.validation.passed', 'boolean'),
  durationMs: onSpan('code_exec.duration_ms', 'double'),
  queueMs: attribute('code_exec.queue_ms', 'double'),
  startupMs: attribute('code_exec.startup_ms', 'double'),
  cpuMs: attribute('code_exec.cpu_ms', 'double'),
  memoryPeakBytes: attribute('code_exec.memory.peak_bytes', 'integer'),
  memorySource: attribute('code_exec.memory.source'),
  limitTimeoutMs: attribute('code_exec.limit.timeout_ms', 'integer'),
  limitMemoryBytes: attribute('code_exec.limit.memory_bytes', 'integer'),
  tokensUsed: attribute('code_exec.tokens_used', 'integer'),
  inputTokens: attribute('gen_ai.usage.input_tokens', 'integer'),
  outputTokens: attribute('gen_ai.usage.output_tokens', 'integer'),
  model: attribute('gen_ai.request.model'),
  costRunNanoUsd: attribute('code_exec.cost.run_nano_usd', 'integer'),
  costAllocatedNanoUsd: attribute('code_exec.cost.allocated_nano_usd', 'integer'),
  priceId: attribute('code_exec.cost.price_id'),
  codeSha256: attribute('code_exec.code.sha256'),
  codeBytes: attribute('code_exec.code.bytes', 'integer'),
  code: content('code_exec.code', 'head'),
  input: content('code_exec.input', 'head'),
  stdout: content('code_exec.stdout', 'output'),
  stderr: content('code_exec.stderr', 'output'),
  stdoutBytes: attribute('code_exec.stdout.bytes', 'integer'),
  stderrBytes: attribute('code_exec.stderr.bytes', 'integer'),
  outputTruncated: attribute('code_exec.output.truncated', 'boolean'),
  result: content('code_exec.result', 'head'),
  sandboxId: attribute('code_exec.sandbox.id'),
  sandboxAgeMs: attribute('code_exec.sandbox.age_ms', 'double'),
  startedAt: attribute('code_exec.started_at', 'nanoseconds'),
}

export type AttributeField = keyof typeof ATTRIBUTES

export const ATTRIBUTE_FIELDS = Object.keys(ATTRIBUTES).filter((name): name is AttributeField =>
  Object.hasOwn(ATTRIBUTES, name),
)

/** Keys that are always sent as doubles, also when the value happens to be whole. */
export const DOUBLE_KEYS: ReadonlySet<string> = new Set(
  ATTRIBUTE_FIELDS.map((field) => ATTRIBUTES[field])
    .filter((found) => found.kind === 'double')
    .map((found) => found.key),
)
