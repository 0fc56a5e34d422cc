/** Intervals that hold the true value 19 times out of 20. */

/** Bounds of an estimate; `significant` is true when chance does not explain the difference. */
export interface Interval {
  estimate: number
  low: number
  high: number
  significant: boolean
}

/** The normal distribution's quantile of 97.5 %. */
const Z = 1.959_964

/**
 * The quantile to use where `count` intervals shall all hold, 19 times out of 20 (Bonferroni). Without it one of twenty
 * agents would look changed by chance.
 */
export function familyQuantile(count: number): number {
  return count <= 1 ? Z : normalQuantile(1 - 0.025 / count)
}

/** Winitzki's inverse of the error function's approximation, within 0.01 for the levels used here. */
function normalQuantile(level: number): number {
  const x = 2 * level - 1
  const a = 0.147
  // Of 1 − x², without the digits that x loses near 1.
  const logarithm = Math.log(4 * level * (1 - level))
  const part = 2 / (Math.PI * a) + logarithm / 2
  return Math.SQRT2 * Math.sign(x) * Math.sqrt(Math.sqrt(part ** 2 - logarithm / a) - part)
}

/** Successes of a number of trials. */
export interface Proportion {
  successes: number
  count: number
}

/**
 * The difference `b` − `a` of two proportions; null when either has no trials.
 * Newcombe's hybrid score interval (Statistics in Medicine 17, 1998, method 10).
 */
export function differenceOfProportions(a: Proportion, b: Proportion, z = Z): Interval | null {
  if (a.count === 0 || b.count === 0) return null
  const [before, after] = [wilson(a, z), wilson(b, z)]
  const estimate = after.share - before.share
  const low = estimate - Math.hypot(after.share - after.low, before.high - before.share)
  const high = estimate + Math.hypot(after.high - after.share, before.share - before.low)
  return { estimate, low, high, significant: low > 0 || high < 0 }
}

/** What a proportion is at least, 19 times out of 20. */
export function lowerBound(proportion: Proportion): number {
  return wilson(proportion, Z).low
}

/** Wilson's score interval of a proportion. */
function wilson({ successes, count }: Proportion, z: number): { share: number; low: number; high: number } {
  const share = successes / count
  const middle = (share + z ** 2 / (2 * count)) / (1 + z ** 2 / count)
  const half =
    (z / (1 + z ** 2 / count)) * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2))
  return { share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

/** Mean and variance of the logarithm of a measure. */
export interface LogMoments {
  count: number
  mean: number | null
  variance: number | null
}

/**
 * The ratio `b` / `a` of two geometric means, which outliers move little; null below two values on a side.
 * Welch's normal approximation on the logarithms.
 */
export function ratioOfMeans(a: LogMoments, b: LogMoments, z = Z): Interval | null {
  if (a.count < 2 || b.count < 2) return null
  if (a.mean === null || b.mean === null || a.variance === null || b.variance === null) return null
  const difference = b.mean - a.mean
  const half = z * Math.sqrt(a.variance / a.count + b.variance / b.count)
  const [low, high] = [Math.exp(difference - half), Math.exp(difference + half)]
  return { estimate: Math.exp(difference), low, high, significant: low > 1 || high < 1 }
}
