/** Schemas of records for the OpenAPI document. */
import { z } from 'zod'
import { PHASES } from '../executor/executions.ts'
import { recordShape } from '../record/schema.ts'
import { RUNNING_FIELDS } from '../service/live-execution.ts'
import { mapNames } from '../record/record.ts'

const text = z.string()
const time = z.string().describe('ISO 8601 UTC, up to nine fractional digits')

export const executionSchema = z.object(recordShape).meta({ id: 'Execution' })

const fileSchema = z.object({ path: text, content: text, encoding: z.enum(['utf8', 'base64']).optional() })

/** A run that has just completed: the record and the files in `/out`. */
export const runSchema = z
  .object({
    ...recordShape,
    files: z.array(fileSchema).describe('Files the code left in /out'),
    warnings: z.array(text).describe('That the agent is deprecated or yanked, and why'),
  })
  .meta({ id: 'ExecutionResult' })

export const windowSchema = z
  .object({ from: time, to: time })
  .describe('Half-open range over startedAt that was searched')
  .meta({ id: 'Window' })

/** A page of records, newest first. */
export const pageSchema = z
  .object({
    data: z.array(executionSchema.partial()),
    nextCursor: text.nullable().describe('Give it as `cursor` for the next page; null on the last'),
    searchedFrom: time
      .nullable()
      .describe(
        'Where a search for what is rare stopped after two seconds, before the page was full: it has looked from here to the end of the window, and `nextCursor` goes on. null: it did not stop',
      ),
    window: windowSchema,
  })
  .meta({ id: 'ExecutionPage' })

/** An execution that has not ended. */
export const runningSchema = z
  .object({
    ...mapNames(RUNNING_FIELDS, (name) => recordShape[name]),
    phase: z
      .enum(PHASES)
      .nullable()
      .describe('null where another executor has it: the store does not say whether it waits or runs'),
    queuePosition: z
      .int()
      .positive()
      .nullable()
      .describe('1 is the next of its organization; null when it does not wait'),
    elapsedMs: z.number().nonnegative().describe('ms since `startedAt`'),
    cancelRequested: z.boolean(),
  })
  .meta({ id: 'RunningExecution' })
