/** Statistics as tools show them: fewer figures than the API, the same numbers. */
import { z } from 'zod'
import type { Figures } from '../store/measures.ts'

const measure = z.number().nullable()
const spread = z
  .object({
    count: z.number().describe('Sample size'),
    p50: measure,
    p95: measure,
    p99: measure,
    max: measure,
  })
  .describe('Estimated percentiles; null where nothing was measured')
  .meta({ id: 'Spread' })

export const figuresShape = {
  count: z.number().describe('Executions'),
  successCount: z.number(),
  successRate: measure.describe('0 to 1; null when nothing was counted'),
  validationCount: z.number().describe('Executions that had something to validate'),
  validationPassRate: measure,
  durationMs: spread,
  memoryPeakBytes: spread,
  queueMsP95: measure,
  tokens: z.object({ count: z.number().describe('Executions that have tokens'), sum: measure }),
  costRunNanoUsd: measure.describe('Sum, 1e-9 USD; null where none is known'),
  costAllocatedNanoUsd: measure,
  costTokensNanoUsd: measure,
}
export const figuresSchema = z.object(figuresShape)

export function toFigures<Given extends Figures>(figures: Given) {
  return { ...figures, queueMsP95: figures.queueMs.p95, tokens: figures.tokensUsed }
}

const step = z
  .object({ by: measure, ratio: measure.describe('`by` over what it was before') })
  .meta({ id: 'Step' })

export const changeSchema = z
  .object({
    count: step,
    successRate: step,
    durationP50Ms: step,
    durationP95Ms: step,
    memoryP95Bytes: step,
    costRunNanoUsd: step,
  })
  .describe('Difference from the window of the same length just before; null where either side is unknown')
  .meta({ id: 'Change' })
