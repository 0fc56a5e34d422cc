/** Schema of the JSON part of an execution request; `POST /v1/executions` documents the same one. */
import { z } from 'zod'
import { LANGUAGES, RUNTIMES, withoutAlias } from '../execution.ts'
import { CONTEXT_FIELDS, mapNames } from '../record/record.ts'
import {
  bytes,
  code,
  count,
  files,
  identifier,
  jsonSchema,
  limits,
  network,
  policy,
} from '../request-parts.ts'

export const MAX_INPUT_BYTES = 10 * 1_048_576
export const MAX_ENV_NAMES = 10_000
const MAX_ENV_BYTES = 65_536

const context = z.strictObject({
  ...mapNames(CONTEXT_FIELDS, () => identifier.optional()),
  toolName: identifier.optional(),
})

const env = z
  .record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'names are letters, digits and _'),
    z.string().refine((text) => !text.includes('\0') && text.isWellFormed(), 'no NUL or broken Unicode'),
  )
  .refine((value) => bytes(JSON.stringify(value)) <= MAX_ENV_BYTES, `at most ${MAX_ENV_BYTES} bytes in all`)

/** All JSON fields of an execution request. Unknown keys are rejected. */
export const executionRequestSchema = z.strictObject({
  runtime: z.enum(RUNTIMES),
  language: z.preprocess(withoutAlias, z.enum(LANGUAGES)),
  code,
  input: z.unknown().optional(),
  limits: limits.optional(),
  context: context.optional(),
  env: env.optional(),
  files: files.optional(),
  network: network.optional(),
  policy: policy.optional(),
  inputSchema: jsonSchema.optional(),
  outputSchema: jsonSchema.optional(),
  usage: z
    .strictObject({
      inputTokens: count(0, Number.MAX_SAFE_INTEGER).optional(),
      outputTokens: count(0, Number.MAX_SAFE_INTEGER).optional(),
      model: identifier.optional(),
    })
    .optional(),
  attempt: count(1, 65_535).optional(),
  idempotencyKey: identifier.optional(),
  replayOf: identifier.optional(),
})

const agentReference = z
  .string()
  .min(1, 'name a code agent, such as acme/summer')
  .max(256, 'at most 256 characters')
  .describe(
    'A code agent instead of `runtime`, `language` and `code`: `namespace/name`, perhaps with `@version`, `@range` or `@tag`. Its schemas and rules apply; the request may only narrow them',
  )
const ofAgent = z.undefined('comes from the agent: leave it out').optional()

/** As `executionRequestSchema`, for a request that names a code agent. */
export const agentRequestSchema = executionRequestSchema
  .omit({ runtime: true, language: true, code: true, input: true })
  .extend({
    runtime: z.enum(RUNTIMES).optional(),
    agent: agentReference,
    code: ofAgent,
    language: ofAgent,
  })

/** What `POST /v1/executions` takes: code, or the name of an agent. */
export const runRequestSchema = executionRequestSchema
  .omit({ replayOf: true })
  .partial({ runtime: true, language: true, code: true })
  .extend({ agent: agentReference.optional() })

export type AgentRequestBody = z.infer<typeof agentRequestSchema>
export type RequestBody = z.infer<typeof executionRequestSchema>
