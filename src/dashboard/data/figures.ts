/** The figures of a set of executions as a page shows them, each with its change and the executions behind it. */
import type { Figures } from '../../store/measures.ts'
import { formatCount, formatFrequency } from '../../format.ts'
import type { Trend } from '../../store/trends.ts'
import { formatUnit, type Unit } from '../charts/units.ts'
import { describeChange, type ChangeWords, type Step } from '../format/change.ts'

export interface FigureView {
  label: string
  value: string
  note: string
  /** Null: there is no such figure before; undefined: it was not compared. */
  change: ChangeWords | null | undefined
  before: string | undefined
  /** Narrows to the executions behind the figure. */
  where: readonly string[]
}

/** @param previous figures of the period before; undefined where they are not known */
export function viewFigures(now: Figures, previous: Figures | undefined): FigureView[] {
  // Where nothing ran before, the page says so once; see `againstBefore`.
  const before = previous?.count === 0 ? undefined : previous
  return [
    view(EXECUTIONS, now, before),
    view(SUCCESS, now, before),
    ...(['p50', 'p95', 'p99'] as const).map((level) => view(durationOf(level), now, before)),
    view(MEMORY, now, before),
    ...(now.validationCount > 0 ? [view(VALIDATION, now, before)] : []),
    ...(now.tokensUsed.count > 0 ? [view(TOKENS, now, before)] : []),
    view(COST, now, before),
  ]
}

/** What the executions cost to run and in tokens, 10⁻⁹ USD; null where neither is known. */
export function costOf(figures: Figures): number | null {
  const { costAllocatedNanoUsd, costRunNanoUsd, costTokensNanoUsd } = figures
  const parts = [costAllocatedNanoUsd ?? costRunNanoUsd, costTokensNanoUsd].filter((part) => part !== null)
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0)
}

interface FigureKind {
  label: string
  unit: Unit
  better: Step['better']
  valueOf: (figures: Figures) => number | null
  noteOf: (figures: Figures) => string
  whereOf?: (figures: Figures) => readonly string[]
}

function view(kind: FigureKind, now: Figures, before: Figures | undefined): FigureView {
  const { label, unit, better, valueOf, noteOf, whereOf } = kind
  const value = valueOf(now)
  const earlier = before === undefined ? null : valueOf(before)
  return {
    label,
    value: formatUnit(unit, value),
    note: noteOf(now),
    change:
      before === undefined
        ? undefined
        : describeChange({
            now: value,
            before: earlier,
            better,
            as: unit === 'share' ? 'points' : 'ratio',
            samples: Math.min(now.count, before.count),
          }),
    before: earlier === null ? undefined : `${formatUnit(unit, earlier)} in the period before`,
    where: whereOf?.(now) ?? [],
  }
}

const EXECUTIONS: FigureKind = {
  label: 'Executions',
  unit: 'count',
  better: 'neither',
  valueOf: ({ count }) => count,
  noteOf: ({ ratePerSecond }) => formatFrequency(ratePerSecond),
}

const SUCCESS: FigureKind = {
  label: 'Success rate',
  unit: 'share',
  better: 'more',
  valueOf: ({ successRate }) => successRate,
  noteOf: ({ count, successCount }) => `${formatCount(count - successCount)} of ${formatCount(count)} failed`,
  whereOf: () => ['success=false'],
}

function durationOf(level: 'p50' | 'p95' | 'p99'): FigureKind {
  return {
    label: `Duration ${level}`,
    unit: 'ms',
    better: 'less',
    valueOf: ({ durationMs }) => durationMs[level],
    noteOf: ({ durationMs }) => `of ${formatCount(durationMs.count)}`,
    whereOf: ({ durationMs }) => (durationMs[level] === null ? [] : [`durationMs>=${durationMs[level]}`]),
  }
}

const MEMORY: FigureKind = {
  label: 'Memory p95',
  unit: 'bytes',
  better: 'less',
  valueOf: ({ memoryPeakBytes }) => memoryPeakBytes.p95 && Math.round(memoryPeakBytes.p95),
  noteOf: ({ memoryPeakBytes }) => `peaks of ${formatCount(memoryPeakBytes.count)}`,
  whereOf: ({ memoryPeakBytes }) =>
    memoryPeakBytes.p95 === null ? [] : [`memoryPeakBytes>=${Math.floor(memoryPeakBytes.p95)}`],
}

const VALIDATION: FigureKind = {
  label: 'Validation passed',
  unit: 'share',
  better: 'more',
  valueOf: ({ validationPassRate }) => validationPassRate,
  noteOf: ({ validationCount }) => `of ${formatCount(validationCount)} validated`,
  whereOf: () => ['validationPassed=false'],
}

const TOKENS: FigureKind = {
  label: 'Tokens',
  unit: 'count',
  better: 'neither',
  valueOf: ({ tokensUsed }) => tokensUsed.sum,
  noteOf: ({ tokensUsed }) => `of ${formatCount(tokensUsed.count)} with usage`,
  whereOf: () => ['tokensUsed>0'],
}

const COST: FigureKind = {
  label: 'Cost',
  unit: 'nanoUsd',
  better: 'neither',
  valueOf: costOf,
  noteOf: (figures) => (costOf(figures) === null ? 'no price is known' : 'run and tokens'),
}

/** A group of executions, and the same group in the period before. */
export interface GroupRow {
  value: string | null
  now: Figures
  before: Figures | null
  /** Others ran in the period before, and none of it. */
  isNew: boolean
  /** Executions of equal stretches of the window, where it was asked for. */
  trend?: Trend | undefined
}

interface Grouped {
  groups: readonly (Figures & {
    key: Readonly<Record<string, string | null | undefined>>
    trend?: Trend | undefined
  })[]
}

/** The groups of an answer by one field, each with what it was before. */
export function groupRows(report: Grouped & { previous?: Grouped | undefined }, field: string): GroupRow[] {
  const earlier = new Map(report.previous?.groups.map((group) => [group.key[field] ?? null, group]))
  return report.groups.map((group) => {
    const value = group.key[field] ?? null
    const before = earlier.get(value) ?? null
    return { value, now: group, before, isNew: before === null && earlier.size > 0, trend: group.trend }
  })
}

/** How a group's figure changed; null where it had none before. */
export function changeOf(
  { now, before }: GroupRow,
  valueOf: (figures: Figures) => number | null,
  { better, as }: Pick<Step, 'better' | 'as'>,
): ChangeWords | null {
  if (before === null) return null
  return describeChange({
    now: valueOf(now),
    before: valueOf(before),
    better,
    as,
    samples: Math.min(now.count, before.count),
  })
}

export const ofCount = ({ count }: Figures): number => count
export const ofSuccess = ({ successRate }: Figures): number | null => successRate
export const ofFailures = ({ count, successCount }: Figures): number => count - successCount
export const ofP95 = ({ durationMs }: Figures): number | null => durationMs.p95
