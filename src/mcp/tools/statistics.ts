/** Tools that answer with figures. */
import { z } from 'zod'
import type { StatsGroup } from '../../store/queries/stats.ts'
import type { Change } from '../../service/compare-figures.ts'
import { GROUP_ORDERS } from '../../store/queries/stats.ts'
import type { Bucket } from '../../store/queries/timeseries.ts'
import { OUTCOMES } from '../../execution.ts'
import { withShortMessage } from '../cut.ts'
import { changeSchema, figuresSchema, figuresShape, toFigures } from '../figures.ts'
import {
  codeAgentId,
  filterInput,
  groupInput,
  toFilter,
  toWindow,
  windowInput,
  windowSchema,
} from '../parameters.ts'
import { UNTRUSTED } from '../record.ts'
import { defineTool } from '../tool.ts'

const comparePrevious = z
  .boolean()
  .default(false)
  .describe('Also the window of the same length just before, and the change; with since=1d, yesterday')

const groupSchema = z.object({
  key: z
    .record(z.string(), z.string().nullable())
    .describe('Values of the fields grouped by; null is an absent value'),
  ...figuresShape,
  change: changeSchema.optional(),
})

/** Groups that are looked at to find those that got worse. */
const WORSENED_AMONG = 200

export const getStats = defineTool({
  name: 'get_stats',
  title: 'Statistics by group',
  kind: 'reads',
  description:
    'Counts, success rate, duration, memory, tokens and cost of executions, in total and by agent, version, runtime or another field. For "which agent got worse since yesterday": groupBy ["codeAgentId"], since "1d", comparePrevious true, order "worsened". Then list_errors and get_differences say why.',
  input: z.strictObject({
    ...filterInput,
    groupBy: groupInput.groupBy,
    order: z
      .enum([...GROUP_ORDERS, 'worsened'])
      .default('count')
      .describe(
        'Groups with the greatest first; `worsened`, with comparePrevious: the greatest loss of success rate first, among the 200 groups with most failures',
      ),
    limit: groupInput.limit,
    comparePrevious,
  }),
  output: z.object({
    window: windowSchema,
    total: figuresSchema,
    groups: z.array(groupSchema),
    other: figuresSchema.nullable().describe('All executions outside of `groups`; null when there are none'),
    change: changeSchema.optional().describe('Of the total'),
    note: z.string().optional(),
  }),
  async answer({ groupBy, order, limit, comparePrevious: compared, ...filter }, { client, signal }) {
    const worsened = order === 'worsened'
    const compare = compared || worsened ? ('previous' as const) : undefined
    const found = await client.getStats(
      {
        ...toFilter(filter),
        groupBy,
        order: worsened ? 'failures' : order,
        limit: worsened ? WORSENED_AMONG : limit,
        compare,
      },
      { signal },
    )
    const groups = worsened ? found.groups.toSorted(byLoss).slice(0, limit) : found.groups
    const left = found.groups.length - groups.length
    return {
      window: found.window,
      total: toFigures(found.total),
      groups: groups.map(toFigures),
      other: found.other === null ? null : toFigures(found.other),
      change: found.change,
      ...(left > 0 ? { note: `${left} more groups lost less; a greater limit shows them.` } : {}),
    }
  },
})

type ComparedGroup = StatsGroup & { change?: Change }

/** The greatest loss of success rate first; groups without a rate before last. */
function byLoss(left: ComparedGroup, right: ComparedGroup): number {
  return lossOf(left) - lossOf(right)
}

function lossOf({ change }: ComparedGroup): number {
  return change?.successRate.by ?? Number.POSITIVE_INFINITY
}

const keyed = (value: z.ZodType) =>
  z.array(z.object({ key: value, count: z.number(), successRate: z.number().nullable() }))

export const getAgentStats = defineTool({
  name: 'get_agent_stats',
  title: 'Statistics of an agent',
  kind: 'reads',
  description: `Figures of one agent: success rate, duration, memory, cost, by outcome, runtime and language, and its most frequent errors; with comparePrevious also how they changed. ${UNTRUSTED}`,
  input: z.strictObject({ codeAgentId, ...windowInput, comparePrevious }),
  output: z.object({
    codeAgentId: z.string(),
    window: windowSchema,
    ...figuresShape,
    byOutcome: z.record(z.enum(OUTCOMES), z.number()),
    byRuntime: keyed(z.string()),
    byLanguage: keyed(z.string()),
    firstSeen: z.string().nullable(),
    lastSeen: z.string().nullable(),
    topErrors: z.array(
      z.object({
        fingerprint: z.string(),
        message: z.string(),
        count: z.number(),
        lastSeen: z.string(),
        executionId: z.string().describe('The newest with this error; get_execution shows it'),
      }),
    ),
    previous: z.object({ window: windowSchema, ...figuresShape }).optional(),
    change: changeSchema.optional(),
  }),
  async answer({ codeAgentId: agent, comparePrevious: compared, ...window }, { client, signal }) {
    const compare = compared ? ('previous' as const) : undefined
    const found = await client.getAgentStats({ id: agent, ...toWindow(window), compare }, { signal })
    return {
      ...toFigures(found),
      codeAgentId: found.agentId,
      topErrors: found.topErrors.map(withShortMessage),
      previous: found.previous === undefined ? undefined : toFigures(found.previous),
    }
  },
})

const BUCKETS_SHOWN = 100

export const getTimeseries = defineTool({
  name: 'get_timeseries',
  title: 'Statistics over time',
  kind: 'reads',
  description:
    'Executions, success rate, p50 and p95 of duration and p95 of memory in equal buckets of time, oldest first. Says when something began. Empty buckets count 0 and have no percentiles; `complete` is false where the window or the present cuts a bucket.',
  input: z.strictObject({
    ...filterInput,
    bucketSeconds: z
      .int()
      .min(1)
      .optional()
      .describe(
        `Length of a bucket; chosen for about sixty where absent. At most ${BUCKETS_SHOWN} are shown`,
      ),
  }),
  output: z.object({
    window: windowSchema,
    bucketSeconds: z.number(),
    buckets: z.array(
      z.object({
        from: z.string(),
        count: z.number(),
        successRate: z.number().nullable(),
        durationP50Ms: z.number().nullable(),
        durationP95Ms: z.number().nullable(),
        memoryP95Bytes: z.number().nullable(),
        complete: z.boolean(),
      }),
    ),
    note: z.string().optional().describe('What was left out, and how to get it'),
  }),
  async answer({ bucketSeconds, ...filter }, { client, signal }) {
    const found = await client.getTimeseries({ ...toFilter(filter), bucketSeconds }, { signal })
    const shown = found.buckets.slice(-BUCKETS_SHOWN)
    const first = shown[0]
    const note =
      shown.length < found.buckets.length && first !== undefined
        ? {
            note: `Only the last ${shown.length} of ${found.buckets.length} buckets; for earlier ones set to=${first.from}.`,
          }
        : {}
    return {
      window: found.window,
      bucketSeconds: found.bucketSeconds,
      buckets: shown.map(withPercentiles),
      ...note,
    }
  },
})

function withPercentiles(bucket: Bucket) {
  const { durationMs, memoryPeakBytes } = bucket
  return {
    ...bucket,
    durationP50Ms: durationMs.p50,
    durationP95Ms: durationMs.p95,
    memoryP95Bytes: memoryPeakBytes.p95,
  }
}
