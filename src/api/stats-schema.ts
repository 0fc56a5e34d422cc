/** Schemas of statistics for the OpenAPI document. */
import { z } from 'zod'
import { OUTCOMES } from '../execution.ts'
import { mapNames } from '../record/record.ts'
import { CHANGES } from '../service/compare-figures.ts'
import { GROUP_FIELDS } from '../store/queries/stats.ts'
import { windowSchema } from './record-schema.ts'

const measure = z.number().nullable()
const time = z.string().describe('ISO 8601 UTC')
const count = z.int().describe('Executions')
const samples = z.int().describe('Executions that have the measure')
const distribution = z
  .object({
    count: samples,
    avg: measure,
    p50: measure,
    p75: measure,
    p90: measure,
    p95: measure,
    p99: measure,
    max: measure,
  })
  .meta({ id: 'Distribution' })
const total = z.object({ count: samples, sum: measure, avg: measure }).meta({ id: 'Total' })
const rate = measure.describe('0 to 1; null when nothing was counted')
const nanoUsd = measure.describe('Sum, 10⁻⁹ USD; null where none is known')

export const figures = {
  count,
  successCount: z.int(),
  successRate: rate,
  ratePerSecond: z.number().describe('Executions per second of the window'),
  validationCount: z.int().describe('Executions that had something to validate'),
  validationPassRate: rate,
  durationMs: distribution,
  queueMs: distribution,
  startupMs: distribution,
  memoryPeakBytes: distribution,
  tokensUsed: total,
  inputTokens: total,
  outputTokens: total,
  costRunNanoUsd: nanoUsd,
  costAllocatedNanoUsd: nanoUsd,
  costTokensNanoUsd: nanoUsd,
}
const figuresSchema = z.object(figures).meta({ id: 'Figures' })

const groupBy = <Key extends z.ZodType>(key: Key) =>
  z.object({ key, count, successRate: rate, durationMs: distribution })
const group = groupBy(z.string()).meta({ id: 'StatsSlice' })

const agentFigures = {
  agentId: z.string(),
  window: windowSchema,
  ...figures,
  byOutcome: z.record(z.enum(OUTCOMES), z.int()),
  byRuntime: z.array(group),
  byLanguage: z.array(group),
  byExitCode: z.array(groupBy(z.int().nullable())),
  firstSeen: time.nullable(),
  lastSeen: time.nullable(),
}

const errorGroup = z.object({
  fingerprint: z.string(),
  message: z.string(),
  count: z.int(),
  lastSeen: time,
  executionId: z.string().describe('The newest with this error'),
})

const change = z
  .object(mapNames(CHANGES, () => z.object({ by: measure, ratio: measure })))
  .describe('Difference from the window before, and the difference over what it was')
  .meta({ id: 'Change' })

export const agentStatsSchema = z
  .object({
    ...agentFigures,
    topErrors: z.array(errorGroup),
    previous: z
      .object(agentFigures)
      .optional()
      .describe('The window of the same length before; with `compare=previous`'),
    change: change.optional(),
  })
  .meta({ id: 'AgentStats' })

const key = z
  .object(mapNames(GROUP_FIELDS, () => z.string().nullable().optional()))
  .describe('Values of the fields grouped by; null is an absent value')
const trend = z
  .object({ counts: z.array(z.int()), failures: z.array(z.int()) })
  .describe('Executions of equal stretches of the window, oldest first; with `trend=N`')
  .meta({ id: 'Trend' })
const statsGroup = z
  .object({ key, ...figures, trend: trend.optional(), change: change.optional() })
  .meta({ id: 'StatsGroup' })

export const statsSchema = z
  .object({
    window: windowSchema,
    total: figuresSchema,
    groups: z.array(statsGroup).describe('The greatest groups, in order'),
    other: figuresSchema.nullable().describe('All executions outside of `groups`; null when there are none'),
    previous: z
      .object({
        window: windowSchema,
        total: figuresSchema,
        groups: z.array(statsGroup),
        other: figuresSchema.nullable(),
      })
      .optional()
      .describe('The same groups in the window of the same length before; with `compare=previous`'),
    change: change.optional(),
  })
  .meta({ id: 'Stats' })

export const timeseriesSchema = z
  .object({
    window: windowSchema,
    bucketSeconds: z.int(),
    buckets: z.array(
      z.object({
        from: time,
        to: time,
        complete: z.boolean().describe('False where the window or the present cuts the bucket'),
        byOutcome: z.record(z.enum(OUTCOMES), z.int()),
        ...figures,
      }),
    ),
  })
  .meta({ id: 'Timeseries' })

const bin = {
  from: z.number().describe('Least value, included'),
  to: z.number().describe('Greatest value, excluded'),
  count,
}

export const distributionSchema = z
  .object({
    window: windowSchema,
    measure: z.string(),
    bucketSeconds: z.int(),
    bins: z.array(z.object(bin)).describe('The histogram; bins grow by 19 %'),
    cells: z
      .array(z.object({ at: time, ...bin, failures: z.int() }))
      .describe('The heat map: each bin in each stretch of time; empty ones are left out'),
  })
  .meta({ id: 'MeasureDistribution' })

export const facetsSchema = z
  .object({
    window: windowSchema,
    facets: z.array(
      z.object({
        field: z.string(),
        values: z
          .array(z.object({ value: z.string().nullable(), count }))
          .describe('The most frequent values; null is an absent value'),
        distinct: z.int().describe('Different values'),
        otherCount: z.int().describe('Executions with other values'),
      }),
    ),
  })
  .meta({ id: 'Facets' })
