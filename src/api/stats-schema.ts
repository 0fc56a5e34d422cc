/** Stats of an agent, for the OpenAPI document. */
import { z } from 'zod'
import { windowSchema } from './record-schema.ts'

const measure = z.number().nullable()
const spread = z
  .object({ avg: measure, p50: measure, p90: measure, p95: measure, p99: measure, max: measure })
  .meta({ id: 'Spread' })
const total = z.object({ sum: measure, avg: measure }).meta({ id: 'Total' })
const rate = measure.describe('0 to 1')
const group = z
  .object({ key: z.string(), count: z.int(), successRate: rate, durationMs: spread })
  .meta({ id: 'StatsGroup' })

export const statsSchema = z
  .object({
    agentId: z.string(),
    window: windowSchema,
    count: z.int(),
    successCount: z.int(),
    successRate: rate,
    validationPassRate: rate.describe('Of those that had something to validate'),
    durationMs: spread.describe('ms'),
    memoryPeakBytes: spread.describe('Bytes, of those that were measured'),
    queueMs: spread,
    startupMs: spread,
    tokensUsed: total,
    costRunNanoUsd: total,
    costAllocatedNanoUsd: total,
    byOutcome: z.record(z.string(), z.int()),
    byRuntime: z.array(group),
    byLanguage: z.array(group),
    byExitCode: z.array(z.object({ key: z.string().nullable(), count: z.int() })),
    topErrors: z.array(
      z.object({
        fingerprint: z.string(),
        message: z.string(),
        count: z.int(),
        lastSeen: z.string(),
        executionId: z.string().describe('The latest'),
      }),
    ),
    firstSeen: z.string().nullable(),
    lastSeen: z.string().nullable(),
  })
  .meta({ id: 'AgentStats' })
