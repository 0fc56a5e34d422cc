/** Alert rules: their schema, which validates what callers give and what is stored. */
import { z } from 'zod'
import { GROUP_FIELDS } from '../store/queries/stats.ts'
import { parseTerm } from '../service/filter-expression.ts'
import type { Filter } from '../store/filter.ts'
import { conditionSchema, type Condition } from './conditions.ts'

const MINUTE = 60
const DAY = 86_400
const TERMS_MAX = 50

const where = z
  .array(
    z
      .string()
      .max(600)
      .superRefine((text, context) => {
        const parsed = parseTerm(text)
        if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.message })
      }),
  )
  .max(TERMS_MAX)

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const clock = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/u, 'a time of day such as 22:00')
const mute = z.strictObject({
  days: z
    .array(z.enum(DAYS))
    .min(1)
    .max(7)
    .default([...DAYS]),
  from: clock,
  to: clock.describe('Before `from`: on the next day'),
  timezone: z.string().max(64).refine(isTimezone, 'a time zone such as Europe/Berlin').default('UTC'),
})
export type Mute = z.output<typeof mute>

const seconds = (least: number, most: number) =>
  z.int('a whole number of seconds').min(least, `at least ${least}`).max(most, `at most ${most}`)

/** How values of windows become alerts. */
const settings = {
  filter: z
    .strictObject({
      where: where.default([]).describe('Conditions as in lists of executions, such as codeAgentId=summer'),
      q: z.string().min(1).max(256).optional().describe('Text in the error or the output'),
    })
    .default({ where: [] }),
  windowSeconds: seconds(MINUTE, 7 * DAY)
    .default(300)
    .describe('Length of a window, a multiple of everySeconds'),
  everySeconds: seconds(MINUTE, DAY)
    .multipleOf(MINUTE, 'whole minutes, in seconds')
    .default(MINUTE)
    .describe('How often a window is evaluated'),
  breaches: z
    .strictObject({ count: z.int().min(1).max(60), of: z.int().min(1).max(60) })
    .refine(({ count, of }) => count <= of, 'count is at most of')
    .default({ count: 1, of: 1 })
    .describe(
      'An alert fires when `count` of the last `of` windows breach, and ends after `count` that do not',
    ),
  groupBy: z
    .array(z.enum(GROUP_FIELDS))
    .max(2)
    .default([])
    .describe('One alert for each value of these fields'),
  minimumCount: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(20)
    .describe('Executions that a window needs before a rate, an average or a percentile can fire'),
  noData: z
    .enum(['ok', 'alert', 'keep', 'last'])
    .default('ok')
    .describe('What a window without executions is: fine, a breach, no evidence, or as the one before'),
  attempts: z
    .enum(['last', 'all'])
    .default('last')
    .describe('`last`: of a step of a workflow that was tried again, the last attempt alone'),
  delaySeconds: seconds(0, 3600)
    .optional()
    .describe(
      'Time for late records, after the end of a window; default: as late as they have come, 30 until that is known',
    ),
  renotifySeconds: seconds(300, 30 * DAY)
    .optional()
    .describe('A reminder after so long; default: none'),
  mute: z.array(mute).max(10).default([]).describe('Times without notifications'),
  channels: z.array(z.string().min(1).max(100)).max(20).default([]).describe('Names of channels'),
}

/** The fields of a rule. */
export const ruleFields = z.strictObject({
  name: z.string('give the rule a name').trim().min(1, 'give the rule a name').max(100),
  description: z.string().max(1_000).optional(),
  enabled: z.boolean().default(true),
  condition: conditionSchema,
  ...settings,
})

/** A rule as callers give it and as it is stored. */
export const ruleSchema = ruleFields.superRefine(
  ({ condition, windowSeconds, everySeconds, groupBy }, context) => {
    const issue = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', message, path: [path] })
    for (const length of windowLengths(condition, windowSeconds))
      if (length % everySeconds !== 0)
        issue('everySeconds', `every window is a multiple of it; ${length} seconds are not`)
    if (groupBy.length > 0 && ['error_group', 'pipeline', 'budget'].includes(condition.kind))
      issue('groupBy', `a rule of kind ${condition.kind} has groups of its own`)
  },
)

export type AlertRule = z.output<typeof ruleSchema>
export type AlertRuleInput = z.input<typeof ruleSchema>

const FIELDS = Object.keys(ruleFields.shape)

/** The fields of a rule that are given, without what a service adds to it. */
export function givenFields(rule: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(rule).filter(([name, value]) => FIELDS.includes(name) && value !== undefined),
  )
}

/** Lengths of all windows that a condition looks at, seconds. */
export function windowLengths(condition: Condition, windowSeconds: number): number[] {
  if (condition.kind !== 'burn_rate') return [windowSeconds]
  return condition.pairs.flatMap(({ longSeconds, shortSeconds }) => [longSeconds, shortSeconds])
}

/** The filter of a rule, as queries take it. */
export function filterOf({ filter }: Pick<AlertRule, 'filter'>): Filter {
  const terms = filter.where.flatMap((text) => {
    const parsed = parseTerm(text)
    return parsed.ok ? [parsed.value] : []
  })
  return { terms, text: filter.q }
}

/** What an alert's group is made of: fields that a rule groups by, an error, a part of the pipeline. */
export const ALERT_KEYS = [...GROUP_FIELDS, 'errorFingerprint', 'part'] as const
/** Values of a group; null is an absent value. */
export type AlertKey = Readonly<Partial<Record<(typeof ALERT_KEYS)[number], string | null>>>

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
