/** The page's window and organization, which are in its address and stay when the reader moves on. */
import { useMemo } from 'react'
import { usePageSearch } from './page-address.ts'

/** A length of time up to now, or two instants, and the organization that an administrator narrows to. */
export interface PageWindow {
  range?: Range | undefined
  from?: string | undefined
  to?: string | undefined
  organization?: string | undefined
}

const HOUR_MS = 3_600_000
export const RANGES = { '1h': 1, '6h': 6, '24h': 24, '7d': 168, '30d': 720, '90d': 2160, '1y': 8760 } as const
export type Range = keyof typeof RANGES
export const RANGE_NAMES: readonly Range[] = ['1h', '6h', '24h', '7d', '30d', '90d', '1y']
export const RANGE_WORDS: Readonly<Record<Range, string>> = {
  '1h': 'Last hour',
  '6h': 'Last 6 hours',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  '1y': 'Last year',
}
const DEFAULT_RANGE: Range = '24h'

/** The shortest range up to now that holds an instant, where it is shorter than the default one; else null. */
export function fittingRange(iso: string, nowMs: number): Range | null {
  const fits = RANGE_NAMES.find((name) => Date.parse(iso) >= nowMs - RANGES[name] * HOUR_MS)
  return fits !== undefined && RANGES[fits] < RANGES[DEFAULT_RANGE] ? fits : null
}

/** What every page keeps of its address. */
export const KEPT = ['range', 'from', 'to', 'organization'] as const

export function readWindow(search: Readonly<Record<string, unknown>>): PageWindow {
  const { range, from, to, organization } = search
  const known = isRange(range) ? range : undefined
  return {
    ...(isTime(from) && known === undefined ? { from } : {}),
    ...(isTime(to) && known === undefined ? { to } : {}),
    ...(known === undefined ? {} : { range: known }),
    ...(typeof organization === 'string' && organization !== '' ? { organization } : {}),
  }
}

export function useWindow(): PageWindow {
  const { range, from, to, organization } = usePageSearch()
  return useMemo(() => readWindow({ range, from, to, organization }), [range, from, to, organization])
}

/** Whether the window moves with the time. */
export function isRelative({ from, to }: PageWindow): boolean {
  return from === undefined && to === undefined
}

/** Whether new executions can still begin in it. */
export function isEndless({ to }: PageWindow): boolean {
  return to === undefined
}

/** Begin and end of the window now, as the API takes them. */
export function toWindowInput(shown: PageWindow): { from: string; to?: string; organization?: string } {
  const { range = DEFAULT_RANGE, from, to, organization } = shown
  const begin =
    from ?? new Date((to === undefined ? Date.now() : Date.parse(to)) - RANGES[range] * HOUR_MS).toISOString()
  return {
    from: begin,
    ...(to === undefined ? {} : { to }),
    ...(organization === undefined ? {} : { organization }),
  }
}

/** The range that is shown; null for two instants. */
export function rangeOf(shown: PageWindow): Range | null {
  return isRelative(shown) ? (shown.range ?? DEFAULT_RANGE) : null
}

export function isRange(value: unknown): value is Range {
  return RANGE_NAMES.some((name) => name === value)
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && value.length < 40 && Number.isFinite(Date.parse(value))
}
