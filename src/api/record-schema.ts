/** The execution record as the API shows it, for the OpenAPI document and the names `fields` may hold. */
import { z } from 'zod'
import { ERROR_TYPES, ISOLATIONS, LANGUAGES, OUTCOMES, RUNTIMES } from '../execution.ts'

const text = z.string()
const maybeText = z.string().nullable()
const count = z.int().nonnegative()
const maybeCount = count.nullable()
const ms = z.number().nonnegative().describe('ms')
const nanoUsd = z.int().nullable().describe('10⁻⁹ USD')
const time = z.string().describe('ISO 8601 UTC, up to nine fractional digits')

const shape = {
  executionId: text.describe('UUIDv7, made before the run'),
  organizationId: text,
  workspaceId: maybeText,
  userId: maybeText,
  codeAgentId: maybeText,
  codeAgentVersion: maybeText,
  workflowExecutionId: maybeText,
  nodeId: maybeText,
  attempt: z.int().positive(),
  runtime: z.enum(RUNTIMES),
  language: z.enum(LANGUAGES),
  isolation: z.enum(ISOLATIONS).describe('What truly held around the code'),
  outcome: z.enum(OUTCOMES),
  success: z.boolean(),
  exitCode: z.int().nullable(),
  signal: maybeText,
  errorType: z.enum(ERROR_TYPES).nullable(),
  errorMessage: maybeText,
  errorStack: maybeText,
  errorFingerprint: maybeText.describe('The same for errors that are alike'),
  validationPassed: z.boolean().nullable().describe('Null: nothing to validate'),
  durationMs: ms.describe('ms, the run alone'),
  queueMs: ms,
  startupMs: ms,
  cpuMs: ms.nullable().describe('ms, the whole process tree'),
  memoryPeakBytes: maybeCount.describe('Bytes, the whole process tree'),
  memorySource: z.enum(['cgroup', 'rusage', 'engine', 'provider']).nullable(),
  limitTimeoutMs: ms,
  limitMemoryBytes: maybeCount,
  tokensUsed: maybeCount,
  inputTokens: maybeCount,
  outputTokens: maybeCount,
  model: maybeText,
  costRunNanoUsd: nanoUsd,
  costAllocatedNanoUsd: nanoUsd,
  priceId: maybeText,
  codeSha256: text,
  codeBytes: count,
  code: maybeText.describe('Capped at 64 KiB'),
  input: z.unknown().describe('Any JSON; the text of it where it was capped'),
  stdout: text.describe('Head and tail where it was capped'),
  stderr: text.describe('Head and tail where it was capped'),
  stdoutBytes: count.describe('True count'),
  stderrBytes: count.describe('True count'),
  outputTruncated: z.boolean(),
  result: z.unknown().describe('What `main` returned, any JSON; the text of it where it was capped'),
  sandboxId: maybeText,
  sandboxAgeMs: ms.nullable().describe('ms it had been there; null: the runtime keeps none'),
  startedAt: time,
  timestamp: time.describe('The end, ISO 8601 UTC'),
  executorId: text,
  traceId: text,
  spanId: text,
} as const

export const executionSchema = z.object(shape).meta({ id: 'Execution' })

/** Names of the record's fields, in its order. */
export const FIELD_NAMES = executionSchema.keyof().options

const fileSchema = z.object({ path: text, content: text, encoding: z.enum(['utf8', 'base64']).optional() })

/** A run just made: the record, and what the code left in `/out`. */
export const runSchema = z
  .object({ ...shape, files: z.array(fileSchema).describe('Files the code left in /out') })
  .meta({ id: 'ExecutionResult' })

export const windowSchema = z
  .object({ from: time, to: time })
  .describe('Half-open range over startedAt that was searched')
  .meta({ id: 'Window' })

/** A page of records, newest first. */
export const pageSchema = z
  .object({
    data: z.array(executionSchema.partial()),
    nextCursor: maybeText.describe('Give it as `cursor` for the next page; null on the last'),
    window: windowSchema,
  })
  .meta({ id: 'ExecutionPage' })
