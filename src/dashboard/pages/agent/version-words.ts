/** The comparison of two versions in words, with what chance may add. */
import type { Operations } from '../../../client/index.ts'
import { formatCount } from '../../../format.ts'

type Comparison = Operations['compareVersions']['reply']
type Interval = NonNullable<Comparison['durationRatio']>

export interface VersionSentence {
  text: string
  tone: 'good' | 'bad' | 'none'
}

/** One sentence for each measure, of `b` against `a`. */
export function versionSentences(comparison: Comparison): VersionSentence[] {
  const { a, b, successRateDifference, durationRatio, memoryRatio, costRatio } = comparison
  return [
    {
      text: `${formatCount(b.count)} executions of ${b.version}, ${formatCount(a.count)} of ${a.version}. Each interval holds 19 times out of 20.`,
      tone: 'none',
    },
    successSentence(successRateDifference),
    ratioSentence('takes', 'as long', durationRatio),
    ratioSentence('needs', 'as much memory', memoryRatio),
    ...(costRatio === null ? [] : [ratioSentence('costs', 'as much', costRatio)]),
  ]
}

function successSentence(change: Interval | null): VersionSentence {
  if (change === null)
    return { text: 'Success cannot be compared: a version has no executions.', tone: 'none' }
  const span = `${points(change.low)} to ${points(change.high)} points`
  if (!change.significant)
    return { text: `Succeeds as often, or differs no more than by chance (${span}).`, tone: 'none' }
  return change.estimate > 0
    ? { text: `Succeeds more often: ${points(change.estimate)} points (${span}).`, tone: 'good' }
    : { text: `Succeeds less often: ${points(change.estimate)} points (${span}).`, tone: 'bad' }
}

function ratioSentence(verb: string, measure: string, ratio: Interval | null): VersionSentence {
  const what = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}`
  if (ratio === null)
    return { text: `Too few executions to say whether it ${verb} ${measure}.`, tone: 'none' }
  const span = `${ratio.low.toFixed(2)} to ${ratio.high.toFixed(2)} times`
  if (!ratio.significant)
    return { text: `${what} ${measure}, or differs no more than by chance (${span}).`, tone: 'none' }
  return {
    text: `${what} ${ratio.estimate.toFixed(2)} times ${measure} (${span}).`,
    tone: ratio.estimate > 1 ? 'bad' : 'good',
  }
}

function points(share: number): string {
  return `${share > 0 ? '+' : share < 0 ? '−' : ''}${Math.abs(share * 100).toFixed(1)}`
}
