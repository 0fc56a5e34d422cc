/** Tools that run code. */
import { z } from 'zod'
import type { Operations } from '../../client/index.ts'
import { LANGUAGES, OUTCOMES, RUNTIMES, withoutAlias } from '../../execution.ts'
import { cutFields, cutSchema } from '../cut.ts'
import { linkTo, someFieldsSchema, UNTRUSTED } from '../record.ts'
import { defineTool } from '../tool.ts'

const TEXT_CHARACTERS = 10_000
const FILES_SHOWN = 50

/** What the model needs to go on; get_execution has the rest. */
const SHOWN = [
  'executionId',
  'replayOf',
  'runtime',
  'language',
  'isolation',
  'outcome',
  'exitCode',
  'errorType',
  'errorMessage',
  'errorStack',
  'hint',
  'durationMs',
  'memoryPeakBytes',
  'result',
  'stdout',
  'stderr',
  'traceId',
] as const

/** What a run answers with. */
export const runOutput = z.object({
  executionId: z.string().describe('For get_execution'),
  outcome: z.enum(OUTCOMES),
  link: z.string().describe('Address of the record; needs an API key'),
  execution: someFieldsSchema.describe('Fields of the record by name; what is absent was empty'),
  files: z
    .array(
      z.object({
        path: z.string(),
        characters: z.number(),
        content: z.string().optional(),
        encoding: z.string(),
      }),
    )
    .describe('Files the code left in /out; long ones without content'),
  cut: cutSchema,
})

const id = z.string().min(1).max(256).optional()

/** A language, by its short name too. */
export const language = z.preprocess(withoutAlias, z.enum(LANGUAGES))

/** Limits that a run may set. */
export const limits = {
  timeoutMs: z
    .int()
    .min(1)
    .max(600_000)
    .optional()
    .describe('Wall time of the run. Default: 30000, or that of the agent'),
  memoryMb: z.int().min(16).max(65_536).optional().describe('Memory of the whole process tree, MiB'),
}

/** What a run is part of. */
export const context = {
  workflowExecutionId: id.describe('Run of a workflow this is a step of'),
  nodeId: id.describe('Step of the workflow'),
  organization: id.describe("Only with an administrator's key"),
}

/** The limits of a request, where a call has any. */
export function limitsOf({ timeoutMs, memoryMb }: z.output<z.ZodObject<typeof limits>>) {
  return timeoutMs === undefined && memoryMb === undefined ? {} : { limits: { timeoutMs, memoryMb } }
}

export const runCode = defineTool({
  name: 'run_code',
  title: 'Run code',
  kind: 'runs',
  description: `Runs code once in a sandbox and keeps a record of it. The code is a script, or defines main(input), whose return value is the result. It has no network unless allowHosts names hosts; files it writes to /out come back. A failing program is an answer, not an error: outcome and errorMessage say what happened. ${UNTRUSTED}`,
  input: z.strictObject({
    language,
    code: z.string().min(1).describe('The program'),
    input: z.unknown().optional().describe('Argument of main(input); any JSON'),
    runtime: z
      .enum(RUNTIMES)
      .default('subprocess')
      .describe('Where it runs; list_runtimes says which are ready. subprocess serves every language'),
    ...limits,
    files: z
      .array(
        z.strictObject({
          path: z.string().describe('Relative to the working directory'),
          content: z.string(),
          encoding: z.enum(['utf8', 'base64']).optional(),
        }),
      )
      .max(100)
      .optional()
      .describe('Files for the working directory'),
    allowHosts: z.array(z.string()).min(1).max(100).optional().describe('Host names the code may reach'),
    codeAgentId: id.describe('Your id, so that your executions can be found again'),
    codeAgentVersion: id,
    ...context,
  }),
  output: runOutput,
  async answer(given, { client, signal, trace, url }) {
    const { allowHosts, organization: organizationId, runtime, code } = given
    const { codeAgentId, codeAgentVersion, workflowExecutionId, nodeId, input, files } = given
    const caller = { codeAgentId, codeAgentVersion, workflowExecutionId, nodeId, organizationId }
    const record = await client.runCode(
      {
        runtime,
        language: given.language,
        code,
        ...(input === undefined ? {} : { input }),
        ...limitsOf(given),
        context: { ...caller, toolName: 'run_code' },
        files,
        ...(allowHosts === undefined ? {} : { network: { allow: allowHosts } }),
      },
      { signal, headers: trace },
    )
    return toOutput(record, url)
  },
})

export const replayExecution = defineTool({
  name: 'replay_execution',
  title: 'Run an execution again',
  kind: 'runs',
  description: `Runs the code of an execution again with the same input, files and limits, or with changes: on another runtime, with other input, with more time or memory. Shows whether a failure is flaky or lasting. The new record names the old one in replayOf. Refuses with the reason where code or input was not kept completely. ${UNTRUSTED}`,
  input: z.strictObject({
    executionId: z.string().min(1).max(256).describe('The execution to repeat'),
    runtime: z.enum(RUNTIMES).optional().describe('Another runtime'),
    language: language
      .optional()
      .describe('Another language, where the code is in both, such as javascript and typescript'),
    input: z.unknown().optional().describe('Another argument of main(input)'),
    timeoutMs: z.int().min(1).max(600_000).optional().describe('Another wall time'),
    memoryMb: z.int().min(16).max(65_536).optional().describe('Another memory limit, MiB'),
    organization: context.organization,
  }),
  output: runOutput,
  async answer({ executionId, timeoutMs, memoryMb, input, ...given }, { client, signal, trace, url }) {
    const changed = { ...given, ...limitsOf({ timeoutMs, memoryMb }) }
    const changes = { ...changed, ...(input === undefined ? {} : { input }) }
    return toOutput(
      await client.replayExecution({ id: executionId, ...changes }, { signal, headers: trace }),
      url,
    )
  },
})

type Run = Operations['runCode']['reply']

/** The answer of a run, bounded. `url` is where the service is. */
export function toOutput(run: Run, url: string): z.input<typeof runOutput> {
  const { executionId, outcome, files } = run
  const known = SHOWN.map((name): [string, unknown] => [name, run[name]]).filter(
    ([, value]) => value !== null && value !== '',
  )
  const { record, cut } = cutFields(
    Object.fromEntries(known),
    { offset: 0, maxCharacters: TEXT_CHARACTERS },
    (field, from) => `get_execution with executionId, fields ["${field}"] and offset ${from}`,
  )
  return {
    executionId,
    outcome,
    link: linkTo(url, executionId),
    execution: record,
    files: files.slice(0, FILES_SHOWN).map(({ path, content, encoding = 'utf8' }) => ({
      path,
      characters: content.length,
      encoding,
      content: content.length <= TEXT_CHARACTERS ? content : undefined,
    })),
    cut,
  }
}

export const listRuntimes = defineTool({
  name: 'list_runtimes',
  title: 'Runtimes',
  kind: 'reads',
  description:
    'Where code can run here: which runtimes are ready, their languages and isolation, and what is missing for the others.',
  input: z.strictObject({}),
  output: z.object({
    runtimes: z.array(
      z.object({
        name: z.enum(RUNTIMES),
        ready: z.boolean(),
        languages: z.array(z.enum(LANGUAGES)),
        isolation: z.string(),
        version: z.string().nullable(),
        missing: z.array(z.object({ what: z.string(), fix: z.string() })),
      }),
    ),
  }),
  async answer(_, { client, signal }) {
    return { runtimes: (await client.listRuntimes({}, { signal })).data }
  },
})
