/** Schema of an agent's statistics for the OpenAPI document. */
import { z } from 'zod'
import { OUTCOMES } from '../execution.ts'
import { windowSchema } from './record-schema.ts'

const measure = z.number().nullable()
const spread = z
  .object({ avg: measure, p50: measure, p90: measure, p95: measure, p99: measure, max: measure })
  .meta({ id: 'Spread' })
const total = z.object({ sum: measure, avg: measure }).meta({ id: 'Total' })
const rate = measure.describe('0 to 1')
const nanoUsd = measure.describe('Sum, 10⁻⁹ USD')
const sliceBy = <Key extends z.ZodType>(key: Key) =>
  z.object({ key, count: z.int(), successRate: rate, durationMs: spread })
const slice = sliceBy(z.string()).meta({ id: 'StatsSlice' })

const figures = {
  agentId: z.string(),
  window: windowSchema,
  count: z.int(),
  successCount: z.int(),
  successRate: rate,
  validationPassRate: rate.describe('0 to 1, of those that had something to validate'),
  durationMs: spread,
  memoryPeakBytes: spread,
  queueMs: spread,
  startupMs: spread,
  tokensUsed: total,
  costRunNanoUsd: nanoUsd,
  costAllocatedNanoUsd: nanoUsd,
  byOutcome: z.record(z.enum(OUTCOMES), z.int()),
  byRuntime: z.array(slice),
  byLanguage: z.array(slice),
  byExitCode: z.array(sliceBy(z.int().nullable())),
  firstSeen: z.string().nullable(),
  lastSeen: z.string().nullable(),
}

const errorGroup = z.object({
  fingerprint: z.string(),
  message: z.string(),
  count: z.int(),
  lastSeen: z.string(),
  executionId: z.string().describe('The newest with this error'),
})

export const statsSchema = z
  .object({
    ...figures,
    topErrors: z.array(errorGroup),
    previous: z
      .object(figures)
      .optional()
      .describe('The window of the same length before; with `compare=previous`'),
  })
  .meta({ id: 'AgentStats' })
