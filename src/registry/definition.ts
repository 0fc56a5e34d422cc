/** What a version of a code agent is. The API, the command line and the docs take it from this one schema. */
import { z } from 'zod'
import { InvalidRequestError, type Issue } from '../errors.ts'
import { LANGUAGES, RUNTIMES, withoutAlias } from '../execution.ts'
import { bytes, code, files, jsonSchema, limits, network, policy } from '../request-parts.ts'
import { validate } from '../validation.ts'
import { canonicalJson, findJsonIssues } from './canonical-json.ts'
import { agentNameIssue, NAME_PART, versionIssue } from './names.ts'

export const README_MAX_BYTES = 65_536
export const DEFINITION_MAX_BYTES = 8 * 1_048_576
const SCHEMA_MAX_BYTES = 262_144
const EXAMPLES_MAX = 50
const EXAMPLES_MAX_BYTES = 1_048_576

/** No control characters, and none that turn the direction of a line, which could hide what it says. */
const HIDING = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u

const line = (most: number) =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(most, `at most ${most} characters`)
    .refine((text) => !HIDING.test(text), 'one line, without control characters')

/** Text whose rules are a function that says what is wrong. */
const ruled = (issueOf: (text: string) => string | null) =>
  z.string().superRefine((text, context) => {
    const message = issueOf(text)
    if (message !== null) context.addIssue({ code: 'custom', message })
  })

const unique = (items: readonly unknown[]): boolean => new Set(items).size === items.length

const schema = jsonSchema.refine(
  (value) => bytes(JSON.stringify(value)) <= SCHEMA_MAX_BYTES,
  `at most ${SCHEMA_MAX_BYTES} bytes of JSON`,
)

const example = z.strictObject({
  name: line(100),
  /** Argument of `main`; null where it is left out. */
  input: z.unknown().optional(),
  /** What `main` returns for it; nothing is compared where it is left out. */
  output: z.unknown().optional(),
})

const topic = z
  .string()
  .max(32, 'at most 32 characters')
  .regex(NAME_PART, 'lower-case letters and digits, in words that single hyphens join')

const source = z.strictObject({
  repository: z
    .string()
    .max(300, 'at most 300 characters')
    .regex(/^https:\/\/[a-z0-9.-]+(?::\d{1,5})?\/[A-Za-z0-9._~/+-]*$/u, 'an https address without a query'),
  commit: z.string().regex(/^[0-9a-f]{7,64}$/u, '7 to 64 hex digits'),
})

/** Unknown keys are refused. */
export const agentDefinitionSchema = z.strictObject({
  name: ruled(agentNameIssue),
  version: ruled(versionIssue),
  description: line(300),
  language: z.preprocess(withoutAlias, z.enum(LANGUAGES)),
  code,
  files: files.optional(),
  /** Those it may run on; the first is the default. */
  runtimes: z
    .array(z.enum(RUNTIMES))
    .min(1, 'at least one runtime')
    .max(RUNTIMES.length)
    .refine(unique, 'each runtime once'),
  limits: limits.optional(),
  network: network.optional(),
  policy: policy.optional(),
  inputSchema: schema.optional(),
  outputSchema: schema.optional(),
  examples: z
    .array(example)
    .max(EXAMPLES_MAX)
    .refine((list) => unique(list.map(({ name }) => name)), 'each name once')
    .refine(
      (list) => bytes(JSON.stringify(list)) <= EXAMPLES_MAX_BYTES,
      `at most ${EXAMPLES_MAX_BYTES} bytes of JSON in all`,
    )
    .default([]),
  /** Markdown. */
  readme: z
    .string()
    .refine((text) => bytes(text) <= README_MAX_BYTES, `at most ${README_MAX_BYTES} bytes`)
    .default(''),
  /** An SPDX licence identifier. */
  license: z
    .string()
    .max(64, 'at most 64 characters')
    .regex(/^[A-Za-z0-9][A-Za-z0-9.+-]*$/u, 'an SPDX licence identifier, such as Apache-2.0'),
  topics: z.array(topic).max(10).refine(unique, 'each topic once').default([]),
  source: source.optional(),
})

/** A valid definition: immutable once published, identified by `sha256Of` it. */
export type AgentDefinition = z.infer<typeof agentDefinitionSchema>
/** As it is written: without what has a default. */
export type AgentDefinitionInput = z.input<typeof agentDefinitionSchema>

/**
 * The definition that a JSON value holds.
 * @throws {InvalidRequestError} with every issue at once
 */
export function readDefinition(value: unknown): AgentDefinition {
  const unlike = findJsonIssues(value)
  // What is too deep or too much for JSON goes no further.
  if (unlike.length > 0) throw new InvalidRequestError(unlike)
  const read = validate(agentDefinitionSchema, value)
  const issues: Issue[] = read.ok ? sizeIssues(read.value) : read.issues
  if (!read.ok || issues.length > 0) throw new InvalidRequestError(issues)
  return read.value
}

function sizeIssues(definition: AgentDefinition): Issue[] {
  return bytes(canonicalJson(definition)) <= DEFINITION_MAX_BYTES
    ? []
    : [{ path: '', message: `at most ${DEFINITION_MAX_BYTES} bytes of JSON in all` }]
}
