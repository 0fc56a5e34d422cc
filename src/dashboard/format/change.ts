/** How a figure changed against the period before, in words. */
import { formatRate } from '../../format.ts'

export interface ChangeWords {
  /** Such as `+12.0 %` or `−1.5 points`. */
  text: string
  /** `none` where the change is neither good nor bad, or too few executions are behind it. */
  tone: 'good' | 'bad' | 'none'
}

export interface Step {
  now: number | null
  before: number | null
  /** Which way is better. */
  better: 'more' | 'less' | 'neither'
  /** A share, 0–1, changes in points. @default 'ratio' */
  as?: 'ratio' | 'points' | undefined
  /** Executions behind the smaller side. */
  samples: number
}

/** Below this many executions chance moves a figure too much to call the change good or bad. */
const SAMPLES_MIN = 20
/** Smaller changes count as none. */
const SHARE_MIN = 0.005
/** A smaller change of a ratio is neither good nor bad. */
const RATIO_NOTABLE = 0.1
/** Standard errors that a share moves by chance, 19 times out of 20. */
const ERRORS_BY_CHANCE = 2

/** Null where the period before has no such figure. */
export function describeChange({ now, before, better, as = 'ratio', samples }: Step): ChangeWords | null {
  if (now === null || before === null) return null
  const by = now - before
  if (as === 'ratio' && before === 0) return by === 0 ? { text: 'unchanged', tone: 'none' } : null
  const share = as === 'points' ? by : by / before
  if (Math.abs(share) < SHARE_MIN) return { text: 'unchanged', tone: 'none' }
  const isNotable =
    samples >= SAMPLES_MIN &&
    (as === 'points' ? isBeyondChance(now, before, samples) : Math.abs(share) >= RATIO_NOTABLE)
  const isBetter = by > 0 === (better === 'more')
  const tone = better === 'neither' || !isNotable ? 'none' : isBetter ? 'good' : 'bad'
  return { text: `${by > 0 ? '+' : '−'}${sizeOf(Math.abs(share), as)}`, tone }
}

function isBeyondChance(now: number, before: number, samples: number): boolean {
  const pooled = (now + before) / 2
  return Math.abs(now - before) > ERRORS_BY_CHANCE * Math.sqrt((pooled * (1 - pooled) * 2) / samples)
}

/** More than tenfold reads better as a factor. */
function sizeOf(share: number, as: Step['as']): string {
  if (as === 'points') return `${(share * 100).toFixed(1)} points`
  return share >= 10 ? `${Math.round(share)}×` : formatRate(share)
}
