/** Where the rows of a waterfall lie on its axis. */
import { scaleLinear } from 'd3-scale'
import { formatTick } from './units.ts'

interface Placed {
  offsetMs: number
  durationMs: number | null
}

export interface Axis {
  beginMs: number
  endMs: number
  /** `at` is from 0 to 1. */
  ticks: readonly { at: number; text: string }[]
}

const TICKS = 4

/** From the first begin to the last end, or to `endMs` where that is later. */
export function toAxis(rows: readonly Placed[], endMs: number): Axis {
  let beginMs = 0
  let end = endMs
  for (const { offsetMs, durationMs } of rows) {
    beginMs = Math.min(beginMs, offsetMs)
    end = Math.max(end, offsetMs + (durationMs ?? 0))
  }
  if (end <= beginMs) end = beginMs + 1
  const scale = scaleLinear([beginMs, end], [0, 1])
  const ticks = scale
    .ticks(TICKS)
    .map((ms) => ({ at: scale(ms), text: ms === 0 ? '0' : formatTick('ms', ms) }))
    .filter(({ at }) => at <= 0.92)
  return { beginMs, endMs: end, ticks }
}

/** From 0 to 1; a row that has not ended reaches to the end. */
export function placeRow({ offsetMs, durationMs }: Placed, { beginMs, endMs }: Axis) {
  const span = endMs - beginMs
  const left = Math.min(1, (offsetMs - beginMs) / span)
  const width = durationMs === null ? 1 - left : Math.min(1 - left, durationMs / span)
  return { left, width }
}
