/** Parameters that several tools take, in words that need no documentation beside them. */
import { z } from 'zod'
import type { FilterInput, WindowInput } from '../client/index.ts'
import { LANGUAGES, OUTCOMES, RUNTIMES } from '../execution.ts'
import { spanMs } from '../service/window.ts'
import { FILTER_FIELDS, OPERATORS } from '../store/filter.ts'

const time = z.string().describe('ISO 8601 with a zone, such as 2026-11-23T15:00:00Z').optional()

export const windowInput = {
  since: z
    .string()
    .optional()
    .describe('Looks this far back from now: 90s, 15m, 6h, 1d, 2w. Instead of `from`. Default: 30d'),
  from: time.describe('Begin of the window over the start of executions, included; ISO 8601 with a zone'),
  to: time.describe('End of the window, excluded; ISO 8601 with a zone. Default: now'),
  organization: z
    .string()
    .optional()
    .describe("Only with an administrator's key, to narrow it to one organization. Leave it out otherwise"),
}

const someOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.array(z.enum(values)).min(1).optional().describe('Any of these')

const id = z.string().min(1).max(256)

export const codeAgentId = id.describe('Id of the agent that wrote the code')

const CONDITIONS = `Conditions that all must hold: FIELD, then one of ${OPERATORS.join(' ')} (^= begins with, ~ contains), then the value, such as "durationMs>=1000", "outcome!=success", "errorMessage~timeout", "userId=" (absent)`

/** Which executions. */
export const filterInput = {
  ...windowInput,
  codeAgentId: id.optional().describe('Only this agent'),
  workflowExecutionId: id.optional().describe('Only this run of a workflow'),
  runtime: someOf(RUNTIMES),
  language: someOf(LANGUAGES),
  outcome: someOf(OUTCOMES).describe(
    'Any of these. `failure`: the code threw, exited non-zero or failed validation; `limit`: it used too much; `error`: the runtime failed',
  ),
  where: z.array(z.string()).max(50).optional().describe(CONDITIONS),
  search: z.string().min(1).max(256).optional().describe('Text in the error or the output, in any case'),
}

/** As `filterInput`, with the names of all fields. */
export const filterInputInFull = {
  ...filterInput,
  where: filterInput.where.describe(`${CONDITIONS}. Fields: ${FILTER_FIELDS.join(', ')}`),
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
  .describe('The window that was searched, half-open, over the start of executions')
