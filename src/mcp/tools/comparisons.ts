/** Tools that say what goes wrong, and what sets executions apart. */
import { z } from 'zod'
import type { Operations } from '../../client/index.ts'
import { spanMs } from '../../service/window.ts'
import { ERROR_STATES } from '../../store/error-state.ts'
import { ERROR_ORDERS } from '../../store/queries/errors.ts'
import { TEXT_MAX, withShortMessage } from '../cut.ts'
import { figuresShape, toFigures } from '../figures.ts'
import { codeAgentId, filterInput, toFilter, toWindow, windowInput, windowSchema } from '../parameters.ts'
import { UNTRUSTED } from '../record.ts'
import { defineTool } from '../tool.ts'

const LIST_MAX = 20

const affected = z.object({ count: z.number().describe('Different values'), top: z.array(z.string()) })

export const listErrors = defineTool({
  name: 'list_errors',
  title: 'Errors, grouped',
  kind: 'reads',
  description: `Failures grouped by what went wrong: how often, since when, new or known before the window, which agents and versions it affects, and sample executions for get_execution. ${UNTRUSTED}`,
  input: z.strictObject({
    ...filterInput,
    order: z.enum(ERROR_ORDERS).default('count').describe('The most frequent first, or the newest first'),
    limit: z.int().min(1).max(50).default(10).describe('Groups'),
  }),
  output: z.object({
    window: windowSchema,
    errors: z.array(
      z.object({
        fingerprint: z.string().describe('As a condition: where ["errorFingerprint=…"]'),
        errorType: z.string(),
        message: z.string().describe('Of the newest'),
        count: z.number().describe('Executions'),
        state: z.enum(ERROR_STATES).describe('`regressed`: seen again since it was resolved'),
        assignee: z.string().nullable(),
        isNew: z.boolean().describe('Not seen in the 30 days before the window'),
        firstSeen: z.string(),
        lastSeen: z.string(),
        agents: affected,
        versions: affected,
        runtimes: affected,
        userCount: z.number(),
        trend: z.array(z.number()).describe('Counts of 24 equal stretches of the window, oldest first'),
        executionIds: z.array(z.string()).describe('The newest, at most three'),
      }),
    ),
    note: z.string().optional(),
  }),
  async answer({ order, limit, ...filter }, { client, signal }) {
    const { window, data } = await client.getErrors({ ...toFilter(filter), order, limit }, { signal })
    const full = data.length === limit
    return {
      window,
      errors: data.map(withShortMessage),
      ...(full ? { note: `The first ${limit}; there may be more: a greater limit shows them.` } : {}),
    }
  },
})

const interval = z
  .object({ estimate: z.number(), low: z.number(), high: z.number(), significant: z.boolean() })
  .nullable()
  .describe('With its 95 % interval; `significant` false: it may be chance; null: too few executions')
const versionErrors = z.array(
  z.object({
    fingerprint: z.string(),
    message: z.string(),
    countA: z.number(),
    countB: z.number(),
    executionId: z.string(),
  }),
)
const version = z.object({ version: z.string(), ...figuresShape })

export const compareVersions = defineTool({
  name: 'compare_versions',
  title: 'Compare two versions of an agent',
  kind: 'reads',
  description: `Two versions of an agent side by side: figures, differences with 95 % intervals that say what may be chance, and errors that are new in b or gone since a. ${UNTRUSTED}`,
  input: z.strictObject({
    codeAgentId,
    a: z.string().min(1).max(256).describe('The version to compare with, usually the older'),
    b: z.string().min(1).max(256).describe('The version that is compared'),
    ...windowInput,
  }),
  output: z.object({
    codeAgentId: z.string(),
    window: windowSchema,
    a: version,
    b: version,
    successRateDifference: interval,
    durationRatio: interval,
    memoryRatio: interval,
    costRatio: interval,
    newErrors: versionErrors.describe(`Errors of b only, at most ${LIST_MAX}`),
    goneErrors: versionErrors.describe(`Errors of a only, at most ${LIST_MAX}`),
    commonErrors: versionErrors.describe(`At most ${LIST_MAX}`),
  }),
  async answer({ codeAgentId: agent, a, b, ...window }, { client, signal }) {
    const found = await client.compareVersions({ id: agent, a, b, ...toWindow(window) }, { signal })
    const shown = (errors: typeof found.newErrors) => errors.slice(0, LIST_MAX).map(withShortMessage)
    return {
      ...found,
      codeAgentId: found.agentId,
      a: toFigures(found.a),
      b: toFigures(found.b),
      newErrors: shown(found.newErrors),
      goneErrors: shown(found.goneErrors),
      commonErrors: shown(found.commonErrors),
    }
  },
})

const side = z.object({ window: windowSchema, count: z.number().describe('Executions') })
const conditions = z.array(z.string()).max(50).optional()
const VALUES_SHOWN = 5

export const getDifferences = defineTool({
  name: 'get_differences',
  title: 'What sets two sets of executions apart',
  kind: 'reads',
  description: `Which fields differ most between two sets of executions, value by value, with shares and counts: an agent's failures (a: ["outcome!=success"]) against its successes (b: ["outcome=success"]), or the last day against the day before (beforeSince). Answers "why". ${UNTRUSTED}`,
  input: z.strictObject({
    ...filterInput,
    a: conditions.describe('Conditions of the first set, written as in `where`'),
    b: conditions.describe('Conditions of the second set'),
    beforeSince: z
      .string()
      .optional()
      .describe('The second set is this span just before the window, such as 1d; needs since or from'),
    limit: z.int().min(1).max(50).default(10).describe('Fields'),
  }),
  output: z.object({
    a: side,
    b: side,
    fields: z
      .array(
        z.object({
          field: z.string(),
          difference: z.number().describe('The greatest difference of a value, 0 to 1'),
          significant: z.boolean().describe('Whether chance hardly explains it'),
          values: z.array(
            z.object({
              value: z.string().nullable(),
              countA: z.number(),
              countB: z.number(),
              shareA: z.number(),
              shareB: z.number(),
            }),
          ),
        }),
      )
      .describe('The most different fields first'),
  }),
  async answer({ a, b, beforeSince, limit, ...given }, { client, signal }) {
    const filter = toFilter(given)
    const asked = { ...filter, a, b, limit, ...windowBefore(filter.from, beforeSince) }
    const found = await client.getDifferences(asked, { signal })
    return { ...found, fields: found.fields.map(withFirstValues) }
  },
})

type Difference = Operations['getDifferences']['reply']['fields'][number]

function withFirstValues(difference: Difference): Difference {
  return { ...difference, values: difference.values.slice(0, VALUES_SHOWN).map(withShortValue) }
}

function withShortValue(counted: Difference['values'][number]): typeof counted {
  return { ...counted, value: counted.value?.slice(0, TEXT_MAX) ?? null }
}

/** @throws {TypeError} where nothing says when the span ends */
function windowBefore(end: string | Date | undefined, span: string | undefined) {
  if (span === undefined) return {}
  if (end === undefined) throw new TypeError('beforeSince: give since or from as well; the span ends there')
  return { bFrom: new Date(new Date(end).getTime() - spanMs(span, 'beforeSince')), bTo: end }
}
