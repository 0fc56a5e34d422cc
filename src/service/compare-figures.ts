import { shareOf } from '../cost/money.ts'
import { mapNames } from '../record/record.ts'
import type { Figures } from '../store/measures.ts'

/** How a figure changed: the difference, and the difference over what it was; null where either is unknown. */
export interface Step {
  by: number | null
  ratio: number | null
}

/** The figures that are compared. */
export const CHANGES = [
  'count',
  'successRate',
  'validationPassRate',
  'durationP50Ms',
  'durationP95Ms',
  'durationP99Ms',
  'memoryP95Bytes',
  'tokens',
  'costRunNanoUsd',
  'costAllocatedNanoUsd',
] as const
type Compared = Readonly<Record<(typeof CHANGES)[number], number | null>>
export type Change = Readonly<Record<(typeof CHANGES)[number], Step>>

/** How figures changed; null before means that there were no executions. */
export function compareFigures(now: Figures, before: Figures | null): Change {
  const current = pick(now)
  const earlier = before === null ? null : pick(before)
  return mapNames(CHANGES, (name) => {
    const was = earlier?.[name] ?? (name === 'count' ? 0 : null)
    return stepBetween(was, current[name])
  })
}

/** How one figure changed. */
export function stepBetween(was: number | null, is: number | null): Step {
  if (is === null || was === null) return { by: null, ratio: null }
  return { by: is - was, ratio: shareOf(is - was, was) }
}

function pick(figures: Figures): Compared {
  const { durationMs } = figures
  return {
    ...figures,
    durationP50Ms: durationMs.p50,
    durationP95Ms: durationMs.p95,
    durationP99Ms: durationMs.p99,
    memoryP95Bytes: figures.memoryPeakBytes.p95,
    tokens: figures.tokensUsed.sum,
  }
}
