/** What a rule watches, in words, and the kinds that the form of the page can make. */
import type { Operations } from '../../../client/index.ts'
import { formatRate } from '../../../format.ts'
import { formatUnit, type Unit } from '../../charts/units.ts'
import { WATCH_NAMES, type WatchName } from '../../data/charts.ts'

export type Rule = Operations['listAlertRules']['reply']['data'][number]
export type RuleInput = Operations['createAlertRule']['input']
type Condition = Rule['condition']

interface Watch {
  title: string
  /** Unit of the levels as the reader writes them. */
  unit: '%' | 'ms' | 'MiB' | 'USD' | 'executions'
  /** The API's value for one that the reader writes. */
  toValue: (given: number) => number
  condition: (levels: { warning?: number; critical?: number }) => RuleInput['condition']
}

const asGiven = (given: number): number => given

/** Every other kind is made with the command line or the API. */
export const WATCHES = {
  failures: {
    title: 'Share of failures',
    unit: '%',
    toValue: (given) => given / 100,
    condition: (levels) => ({ kind: 'ratio', share: 'failures', ...levels }),
  },
  timeouts: {
    title: 'Share of timeouts',
    unit: '%',
    toValue: (given) => given / 100,
    condition: (levels) => ({ kind: 'ratio', share: 'timeouts', ...levels }),
  },
  duration: {
    title: 'Duration, p95',
    unit: 'ms',
    toValue: asGiven,
    condition: (levels) => ({ kind: 'percentile', measure: 'durationMs', percentile: 95, ...levels }),
  },
  count: {
    title: 'Executions',
    unit: 'executions',
    toValue: asGiven,
    condition: (levels) => ({ kind: 'threshold', measure: 'count', ...levels }),
  },
  memory: {
    title: 'Memory peak, p95',
    unit: 'MiB',
    toValue: (given) => given * 1_048_576,
    condition: (levels) => ({ kind: 'percentile', measure: 'memoryPeakBytes', percentile: 95, ...levels }),
  },
  cost: {
    title: 'Cost',
    unit: 'USD',
    toValue: (given) => given * 1e9,
    condition: (levels) => ({ kind: 'threshold', measure: 'costNanoUsd', ...levels }),
  },
} as const satisfies Record<WatchName, Watch>

export function isWatch(name: unknown): name is WatchName {
  return WATCH_NAMES.some((known) => known === name)
}

/** Such as `failures at or above 10 % (warning), 25 % (critical)`. */
export function describeCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'absence':
      return 'no executions'
    case 'error_group':
      return `an error that is ${condition.states.join(' or ')}`
    case 'burn_rate':
      return `burn rate of an objective of ${formatRate(condition.objective)}`
    case 'pipeline':
      return `pipeline: ${words(condition.fault)}${describeLevels(condition)}`
    case 'budget':
      return `spent share of the budget ${condition.budget}${describeLevels(condition)}`
    case 'ratio':
      return `share of ${condition.share}${describeLevels(condition)}`
    case 'percentile':
      return `p${condition.percentile} of ${condition.measure}${describeLevels(condition)}`
    case 'change':
      return `change of ${condition.measure}${describeLevels(condition)}`
    case 'threshold':
      break
  }
  return `${condition.measure}${describeLevels(condition)}`
}

function describeLevels(condition: Extract<Condition, { direction: string }>): string {
  const unit = unitOf(condition)
  const named = (['warning', 'critical'] as const).flatMap((severity) => {
    const level = condition[severity]
    return level === undefined ? [] : [`${formatUnit(unit, level)} (${severity})`]
  })
  return ` at or ${condition.direction} ${named.join(', ')}`
}

/** Unit of a rule's values. */
export function unitOf(condition: RuleInput['condition']): Unit {
  if (['ratio', 'change', 'budget'].includes(condition.kind)) return 'share'
  const measure = 'measure' in condition ? (condition.measure ?? '') : ''
  if (measure.endsWith('Ms')) return 'ms'
  if (measure.endsWith('Bytes')) return 'bytes'
  return measure === 'costNanoUsd' ? 'nanoUsd' : 'count'
}

function words(name: string): string {
  return name.replaceAll('_', ' ')
}

/** What a stored rule is made of, as another can be made of it. */
export function inputOf(rule: Rule): RuleInput {
  const {
    id: _id,
    organizationId: _organizationId,
    workspaceId: _workspaceId,
    createdAt: _createdAt,
    updatedAt: _updatedAt,
    changedBy: _changedBy,
    nextEnd: _nextEnd,
    lastError: _lastError,
    ...input
  } = rule
  return input
}
