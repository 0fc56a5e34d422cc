import { useTimeFormat } from '../format/time.ts'
import { rangeOf, RANGE_WORDS, toWindowInput, useWindow } from '../search/window.ts'

/** `Last 24 hours, against the period before`, or that nothing ran then. */
export function againstBefore(words: string, previous: { total: { count: number } } | undefined): string {
  return previous?.total.count === 0
    ? `${words}; nothing ran in the period before`
    : `${words}, against the period before`
}

/** The page's window in words, such as `Last 24 hours`. */
export function useWindowWords(): string {
  const shown = useWindow()
  const time = useTimeFormat()
  const range = rangeOf(shown)
  if (range !== null) return RANGE_WORDS[range]
  const { from, to } = toWindowInput(shown)
  return to === undefined ? `${time.short(from)} – now` : time.span(from, to)
}
