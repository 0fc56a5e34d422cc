/** Quantities and times as a person reads them. */

/** 40 µs · 0.4 ms · 12 ms · 1.5 s · 2 min 5 s */
export function formatMs(ms: number | null): string {
  if (ms === null) return '–'
  if (ms > 0 && ms < 0.1) return `${Number((ms * 1000).toPrecision(2))} µs`
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
  const minutes = Math.floor(ms / 60_000)
  const seconds = Math.round((ms - minutes * 60_000) / 1000)
  return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`
}

/** Bytes in binary units. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return '–'
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1_048_576) return `${(bytes / 1024).toFixed(1)} KiB`
  if (bytes < 1_073_741_824) return `${(bytes / 1_048_576).toFixed(1)} MiB`
  return `${(bytes / 1_073_741_824).toFixed(2)} GiB`
}

/** A rate from 0 to 1 as a percentage. */
export function formatRate(rate: number | null): string {
  return rate === null ? '–' : `${(rate * 100).toFixed(rate === 1 || rate === 0 ? 0 : 1)} %`
}

const PER: readonly (readonly [string, number])[] = [
  ['s', 1],
  ['min', 60],
  ['h', 3600],
  ['d', 86_400],
]

/** Events per second in the unit that leaves at least one: 12/s · 4.2/min · 3/h */
export function formatFrequency(perSecond: number | null): string {
  if (perSecond === null) return '–'
  const [unit, seconds] = PER.find(([, length]) => perSecond * length >= 1) ?? ['d', 86_400]
  const value = perSecond * seconds
  if (value === 0) return '0/s'
  return `${formatCount(value < 10 ? value : Math.round(value))}/${unit}`
}

// `toLocaleString` makes one for each call, which costs more than the rest of a table's row.
const COUNT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 })

export function formatCount(count: number | null): string {
  return count === null ? '–' : COUNT.format(count)
}

/** A record's time, UTC, to the millisecond. */
export function formatTime(iso: string | null): string {
  return iso === null ? '–' : `${iso.slice(0, 10)} ${iso.slice(11, 23).replace('Z', '')}`
}

/** An amount in 10⁻⁹ USD. */
export function formatUsd(nanoUsd: number | null): string {
  if (nanoUsd === null) return '–'
  const usd = nanoUsd / 1e9
  return usd === 0 || usd >= 0.01 ? `$${usd.toFixed(2)}` : `$${usd.toPrecision(2)}`
}

/** How many times as large: × 1.8 · × 0.25 */
export function formatRatio(ratio: number): string {
  return `× ${ratio >= 100 ? formatCount(Math.round(ratio)) : ratio.toPrecision(2)}`
}
