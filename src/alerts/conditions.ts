/** What a rule watches: the kinds of conditions and their settings. */
import { z } from 'zod'

/** Measures over the executions of a window. Counts and sums need no minimum count; averages and rates do. */
export const MEASURES = [
  'count',
  'failures',
  'timeouts',
  'avgDurationMs',
  'avgQueueMs',
  'avgStartupMs',
  'avgMemoryPeakBytes',
  'costNanoUsd',
  'tokens',
] as const
export type Measure = (typeof MEASURES)[number]

/** Shares of all executions of a window, 0–1. */
export const SHARES = ['failures', 'timeouts', 'limits', 'errors', 'cancellations', 'invalid'] as const
export type Share = (typeof SHARES)[number]

export const PERCENTILE_MEASURES = ['durationMs', 'queueMs', 'startupMs', 'memoryPeakBytes', 'cpuMs'] as const
export const PERCENTILES = [50, 75, 90, 95, 99] as const

export const PIPELINE_FAULTS = ['outbox_age', 'records_lost', 'sink_failing', 'part_down'] as const
export type PipelineFault = (typeof PIPELINE_FAULTS)[number]

const number = z.number('a number').min(-1e15, 'at least -1e15').max(1e15, 'at most 1e15')

/** Levels of an alert. `above`: it is worse the greater the value. */
const levels = {
  direction: z.enum(['above', 'below']).default('above').describe('`above`: at or above a level is a breach'),
  warning: number.optional(),
  critical: number.optional(),
  recovery: number
    .optional()
    .describe('An alert ends beyond this value; default: where no level is breached'),
}

/** Pairs of the SRE workbook for a 30-day objective. */
const WORKBOOK_PAIRS = [
  { longSeconds: 3_600, shortSeconds: 300, factor: 14.4, severity: 'critical' },
  { longSeconds: 21_600, shortSeconds: 1_800, factor: 6, severity: 'critical' },
  { longSeconds: 259_200, shortSeconds: 21_600, factor: 1, severity: 'warning' },
] as const

export const SEVERITIES = ['warning', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]

const severity = z.enum(SEVERITIES).default('critical')
const span = z
  .int('a whole number of seconds')
  .min(60, 'at least 60')
  .max(30 * 86_400, 'at most 30 days')
  .multipleOf(60, 'whole minutes, in seconds')

const pair = z.strictObject({
  longSeconds: span,
  shortSeconds: span,
  factor: z.number('a number').positive('more than 0').max(10_000, 'at most 10000'),
  severity,
})

const threshold = z.strictObject({ kind: z.literal('threshold'), measure: z.enum(MEASURES), ...levels })
const ratio = z.strictObject({
  kind: z.literal('ratio'),
  share: z.enum(SHARES).default('failures'),
  ...levels,
})
const percentile = z.strictObject({
  kind: z.literal('percentile'),
  measure: z.enum(PERCENTILE_MEASURES).default('durationMs'),
  percentile: z.literal(PERCENTILES).default(95),
  ...levels,
})
const change = z.strictObject({
  kind: z.literal('change'),
  measure: z.enum([...MEASURES, 'failureRate']),
  ...levels,
})
const absence = z.strictObject({ kind: z.literal('absence'), severity })
const errorGroup = z.strictObject({
  kind: z.literal('error_group'),
  states: z
    .array(z.enum(['new', 'regressed']))
    .min(1)
    .max(2)
    .default(['new', 'regressed']),
  severity,
})
const budget = z.strictObject({
  kind: z.literal('budget'),
  budget: z.string().min(1).max(256).describe('Id of the budget'),
  ...levels,
})
const pipeline = z.strictObject({
  kind: z.literal('pipeline'),
  fault: z.enum(PIPELINE_FAULTS),
  ...levels,
})
const burnRate = z.strictObject({
  kind: z.literal('burn_rate'),
  objective: z
    .number('a number')
    .min(0.5, 'at least 0.5')
    .max(0.99999, 'at most 0.99999')
    .describe('Share of executions that succeed, such as 0.99'),
  pairs: z
    .array(pair)
    .min(1)
    .max(5)
    .default([...WORKBOOK_PAIRS]),
})

/** What a rule watches. Values of `change` are relative: 0.5 is half more than in the window before. */
export const conditionSchema = z
  .discriminatedUnion('kind', [
    threshold,
    ratio,
    percentile,
    change,
    absence,
    errorGroup,
    budget,
    pipeline,
    burnRate,
  ])
  .superRefine((condition, context) => {
    const message = levelIssue(condition)
    if (message !== null) context.addIssue({ code: 'custom', message, path: ['critical'] })
  })

export type Condition = z.output<typeof conditionSchema>
export type ConditionKind = Condition['kind']
export type ConditionOf<Kind extends ConditionKind> = Extract<Condition, { kind: Kind }>

/** The levels of a condition that compares a value with them. */
export interface Levels {
  direction: 'above' | 'below'
  warning?: number | undefined
  critical?: number | undefined
  recovery?: number | undefined
}

/** The levels of a condition; null where it has none. */
export function levelsOf(condition: Condition): Levels | null {
  return 'direction' in condition ? condition : null
}

function levelIssue(condition: Condition): string | null {
  const given = levelsOf(condition)
  if (given === null) return null
  const { warning, critical, recovery, direction } = given
  if (warning === undefined && critical === undefined) return 'give warning, critical or both'
  const worse = (a: number, b: number): boolean => (direction === 'above' ? a > b : a < b)
  if (warning !== undefined && critical !== undefined && !worse(critical, warning))
    return `critical must lie ${direction} warning`
  const first = warning ?? critical
  if (recovery !== undefined && first !== undefined && worse(recovery, first))
    return 'recovery must not lie beyond the first level'
  return null
}
