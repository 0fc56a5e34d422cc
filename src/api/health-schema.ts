/** Schema of the health report for the OpenAPI document. */
import { z } from 'zod'
import { SEVERITIES, VERDICTS } from '../service/health-figures.ts'
import { differencesSchema, errorsSchema } from './comparison-schema.ts'
import { windowSchema } from './record-schema.ts'

const text = z.string()
const count = z.int().min(0)

const period = z.object({
  count,
  successCount: count,
  durationP50Ms: z.number().nullable(),
  durationP95Ms: z.number().nullable(),
  duration: z
    .object({ count, mean: z.number().nullable(), variance: z.number().nullable() })
    .describe('Of the natural logarithm of the duration'),
})
const interval = z
  .object({ estimate: z.number(), low: z.number(), high: z.number(), significant: z.boolean() })
  .nullable()
const comparedShape = {
  agentId: text.nullable(),
  now: period,
  before: period,
  successRateDifference: interval.describe('Now minus before. It holds for all compared agents at once'),
  durationRatio: interval.describe('Now over before, of geometric means'),
}

export const readinessSchema = z
  .object({
    ready: z.boolean(),
    checks: z.array(z.object({ name: text, ready: z.boolean(), detail: text })),
  })
  .meta({ id: 'Readiness' })

export const healthReportSchema = z
  .object({
    verdict: z.enum(VERDICTS),
    summary: text,
    findings: z.array(z.object({ severity: z.enum(SEVERITIES), text })),
    window: windowSchema,
    baseline: windowSchema.describe('What the window is compared with: the week before it'),
    total: z.object(comparedShape),
    agentCount: count,
    worseAgents: z.array(
      z.object({
        ...comparedShape,
        reasons: z.array(text),
        errors: errorsSchema.shape.data,
        differences: differencesSchema.shape.fields,
      }),
    ),
    slowestAgents: z.array(z.object(comparedShape)),
    newErrors: errorsSchema.shape.data,
    pipeline: readinessSchema,
  })
  .meta({ id: 'HealthReport' })
