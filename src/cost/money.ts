/** Exact arithmetic of prices and costs: integers throughout, each cost rounded once. */

/** Prices are kept in 10⁻¹⁸ USD, costs in 10⁻⁹ USD. */
const PRICE_DECIMALS = 18
export const PRICE_UNITS_PER_NANO_USD = 10n ** 9n

/** A decimal number of USD such as 0.000014. */
export const USD_PATTERN = /^\d{1,6}(?:\.\d{1,18})?$/

/** A price in 10⁻¹⁸ USD, from text that matches `USD_PATTERN`. */
export function parseUsd(text: string): bigint {
  const [whole = '', decimals = ''] = text.split('.')
  return BigInt(whole + decimals.padEnd(PRICE_DECIMALS, '0'))
}

/** 10⁻⁹ USD of an amount such as 25 or 0.50, to the nearest; null for text that is no amount. */
export function toNanoUsd(text: string): number | null {
  return USD_PATTERN.test(text) ? Number(divideRounded(parseUsd(text), PRICE_UNITS_PER_NANO_USD)) : null
}

/** The quotient of non-negative integers, rounded to the nearest integer, halves up. */
export function divideRounded(dividend: bigint, divisor: bigint): bigint {
  return (2n * dividend + divisor) / (2n * divisor)
}

/** Whole microseconds of a time in ms. */
export function toMicroseconds(ms: number): bigint {
  return toThousandths(ms)
}

/** Whole thousandths of a finite number; of a negative one 0. */
export function toThousandths(value: number): bigint {
  return BigInt(Math.round(Math.min(Math.max(0, value) * 1000, Number.MAX_VALUE)))
}

/** The part over the whole; null where either is unknown or the whole is 0. */
export function shareOf(part: number | null, whole: number | null): number | null {
  return part === null || whole === null || whole === 0 ? null : part / whole
}
