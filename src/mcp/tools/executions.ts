/** Tools that read executions. */
import { z } from 'zod'
import { LIST_ORDERS } from '../../store/list-page.ts'
import { cutFields, cutSchema, fitting } from '../cut.ts'
import { filterInputInFull, toFilter, windowInput, windowSchema } from '../parameters.ts'
import { fieldName, LIST_FIELDS, linkTo, recordSchema, someFieldsSchema, UNTRUSTED } from '../record.ts'
import { defineTool } from '../tool.ts'

const PAGE_CHARACTERS = 60_000
const LISTED_TEXT = 500

export const searchExecutions = defineTool({
  name: 'search_executions',
  title: 'Search executions',
  kind: 'reads',
  description: `Lists executions of code that match, newest first: which ran, how each ended, its error in short. Use get_execution for one in full (output, code, input). ${UNTRUSTED}`,
  input: z.strictObject({
    ...filterInputInFull,
    order: z
      .enum(LIST_ORDERS)
      .optional()
      .describe('`newest` first (default), or the greatest `duration`, `memory` or `cost` first'),
    limit: z.int().min(1).max(100).default(10).describe('Executions of this page'),
    cursor: z.string().optional().describe('`nextCursor` of the page before, with the same other arguments'),
    fields: z
      .array(fieldName)
      .optional()
      .describe(
        `Fields to show. Default: ${LIST_FIELDS.join(', ')}. Long texts are cut to ${LISTED_TEXT} characters`,
      ),
  }),
  output: z.object({
    executions: z.array(someFieldsSchema),
    nextCursor: z.string().nullable().describe('For the next page; null on the last'),
    window: windowSchema,
    note: z.string().optional().describe('What was left out, and how to get it'),
  }),
  async answer({ order, limit, cursor, fields = LIST_FIELDS, ...filter }, { client, signal }) {
    const asked = { ...toFilter(filter), order, limit, cursor, fields: [...new Set(fields)] }
    const page = await client.listExecutions(asked, { signal })
    const bounds = { offset: 0, maxCharacters: LISTED_TEXT }
    const rows = page.data.map((row) => cutFields(row, bounds, () => 'get_execution'))
    const executions = fitting(
      rows.map(({ record }) => record),
      PAGE_CHARACTERS,
    )
    const cutTexts = rows.some(({ cut }) => cut.length > 0)
    const notes = [
      ...(page.searchedFrom === null
        ? []
        : [`Searched back to ${page.searchedFrom} only; ask again with cursor to go on.`]),
      ...(cutTexts ? ['Some texts are cut; get_execution has them in full.'] : []),
      ...(executions.length < rows.length
        ? [
            `Only ${executions.length} of ${rows.length} fit: ask again with limit ${executions.length} or fewer fields.`,
          ]
        : []),
    ]
    return {
      executions,
      nextCursor: executions.length < rows.length ? null : page.nextCursor,
      window: page.window,
      ...(notes.length === 0 ? {} : { note: notes.join(' ') }),
    }
  },
})

const TEXT_CHARACTERS = 4000

export const getExecution = defineTool({
  name: 'get_execution',
  title: 'Get one execution',
  kind: 'reads',
  description: `One execution in full: code, input, result, stdout, stderr, error with stack, times, memory, limits, ids. Long texts are cut; \`cut\` says what and how to read on. ${UNTRUSTED}`,
  input: z.strictObject({
    executionId: z
      .string()
      .min(1)
      .max(256)
      .describe('Id of the execution, as search_executions and list_errors give it'),
    organization: windowInput.organization,
    fields: z.array(fieldName).optional().describe('Only these fields, for example ["stdout"] to read on'),
    offset: z
      .int()
      .min(0)
      .default(0)
      .describe('Begin long texts at this character, to read on where one was cut'),
    maxCharacters: z.int().min(100).max(50_000).default(TEXT_CHARACTERS).describe('Characters of each text'),
  }),
  output: z.object({
    execution: recordSchema,
    link: z.string().describe('Address of the record; needs an API key'),
    cut: cutSchema,
  }),
  async answer({ executionId, organization, fields, offset, maxCharacters }, { client, signal, url }) {
    const record = await client.getExecution({ id: executionId, organization }, { signal })
    const entries = Object.entries(record)
    const wanted = new Set<string>(fields ?? entries.map(([name]) => name))
    const shown = Object.fromEntries(
      entries.filter(([name, value]) => wanted.has(name) && (fields !== undefined || value !== null)),
    )
    const { record: execution, cut } = cutFields(
      shown,
      { offset, maxCharacters },
      (field, from) => `get_execution with executionId, fields ["${field}"] and offset ${from}`,
    )
    return { execution, link: linkTo(url, record.executionId), cut }
  },
})
