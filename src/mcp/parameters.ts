/** Parameters that several tools take, in words that need no documentation beside them. */
import { z } from 'zod'
import type { FilterInput, WindowInput } from '../client/index.ts'
import { LANGUAGES, OUTCOMES, RUNTIMES } from '../execution.ts'
import { FILTER_FIELDS, OPERATORS } from '../record/conditions.ts'
import { GROUP_FIELDS } from '../store/queries/stats.ts'
import { spanMs } from '../service/window.ts'

const time = z.string().describe('ISO 8601 with a zone, such as 2026-11-23T15:00:00Z').optional()

export const windowInput = {
  since: z
    .string()
    .optional()
    .describe('Looks this far back from now: 90s, 15m, 6h, 1d, 2w. Instead of `from`. Default: 30d'),
  from: time.describe('Begin of the window, included; ISO 8601 with a zone'),
  to: time.describe('End of the window, excluded. Default: now'),
  organization: z
    .string()
    .optional()
    .describe("Only with an administrator's key: narrows it to this organization"),
}

const someOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.array(z.enum(values)).min(1).optional()

const id = z.string().min(1).max(256)

export const codeAgentId = id.describe('Id of the agent that wrote the code')

const CONDITIONS = `All must hold. A field, one of ${OPERATORS.join(' ')} (^= begins with, ~ contains), a value: "durationMs>=1000", "outcome!=success", "errorMessage~timeout", "userId=" (absent)`

/** Which executions. */
export const filterInput = {
  ...windowInput,
  codeAgentId: id.optional().describe('Only this agent'),
  workflowExecutionId: id.optional().describe('Only this run of a workflow'),
  runtime: someOf(RUNTIMES),
  language: someOf(LANGUAGES),
  outcome: someOf(OUTCOMES).describe(
    '`failure`: the code threw, exited non-zero or failed validation; `limit`: it used too much; `error`: the runtime failed',
  ),
  where: z.array(z.string()).max(50).optional().describe(CONDITIONS),
  search: z.string().min(1).max(256).optional().describe('Text in the error or the output, in any case'),
}

/** As `filterInput`, with the names of all fields. */
export const filterInputInFull = {
  ...filterInput,
  where: filterInput.where.describe(`${CONDITIONS}. Fields: ${FILTER_FIELDS.join(', ')}`),
}

/** Which groups. */
export const groupInput = {
  groupBy: z
    .array(z.enum(GROUP_FIELDS))
    .max(2)
    .default([])
    .describe('At most two fields; none for only the total'),
  limit: z.int().min(1).max(100).default(10).describe('Groups; the rest is summed up in `other`'),
}

/** The window of a call as the API takes it. */
export function toWindow(given: z.output<z.ZodObject<typeof windowInput>>, now = Date.now()): WindowInput {
  const { since, to, organization } = given
  const from = since === undefined ? given.from : new Date(now - spanMs(since, 'since')).toISOString()
  return { from, to, organization }
}

/** The filter of a call as the API takes it. */
export function toFilter(given: z.output<z.ZodObject<typeof filterInput>>): FilterInput {
  const { codeAgentId: agent, workflowExecutionId, runtime, language, outcome, where, search } = given
  return {
    ...toWindow(given),
    codeAgentId: agent,
    workflowExecutionId,
    runtime,
    language,
    outcome,
    where,
    q: search,
  }
}

export const windowSchema = z
  .object({ from: z.string(), to: z.string() })
  .describe('Window searched, half-open, over the start of executions')
