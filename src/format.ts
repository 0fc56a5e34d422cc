/** Quantities and times as a person reads them. */

/** 0.4 ms · 12 ms · 1.5 s · 2 min 5 s */
export function formatMs(ms: number | null): string {
  if (ms === null) return '–'
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
  const minutes = Math.floor(ms / 60_000)
  return `${minutes} min ${Math.round((ms - minutes * 60_000) / 1000)} s`
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

export function formatCount(count: number | null): string {
  return count === null ? '–' : count.toLocaleString('en-US', { maximumFractionDigits: 1 })
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
