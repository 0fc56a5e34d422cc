/** Which part of an output is drawn, and how much of it there is. */
import { formatBytes } from '../../format.ts'
import { toLines, type Line } from '../format/terminal.ts'
import { firstCharacters } from '../format/visible-text.ts'

/** Characters that are drawn at most; a download has all of them. */
const DRAWN_MAX = 262_144
/** Coloured parts that are drawn; lines behind them are plain. */
const SPANS_MAX = 4000
const TAIL_LINES = 100

/** Lines of a text, of a very long one its beginning and its end. */
export function linesOf(text: string): Line[] {
  const lines = toLines(
    text.length <= DRAWN_MAX
      ? text
      : `${firstCharacters(text, DRAWN_MAX * 0.75)}\n… not drawn, the download has it …\n${text.slice(-DRAWN_MAX / 4)}`,
  )
  if (lines.at(-1)?.length === 0) lines.pop()
  return lines
}

/** The first `count` lines and the last 100, with the number of lines between them. */
export function drawnLines(lines: readonly Line[], count: number) {
  const whole = lines.length <= count + TAIL_LINES
  const head = whole ? lines : lines.slice(0, count)
  const tail = whole ? [] : lines.slice(-TAIL_LINES)
  return {
    head: withinBudget(head),
    tail: withinBudget(tail),
    between: lines.length - head.length - tail.length,
  }
}

function withinBudget(lines: readonly Line[]): Line[] {
  let spans = 0
  return lines.map((line) => {
    spans += line.length
    return spans <= SPANS_MAX ? line : [{ text: line.map(({ text }) => text).join(''), style: '' }]
  })
}

const MARK = /\n… \d+ bytes left out …\n/u
const encoder = new TextEncoder()

/** Such as `12 B`, or `first 48.0 KiB and last 16.0 KiB of 3.1 MiB` where only that was kept. */
export function describeSize(text: string, totalBytes: number): string {
  const [head = '', ...rest] = text.split(MARK)
  const kept = bytesOf(head) + rest.reduce((sum, part) => sum + bytesOf(part), 0)
  if (totalBytes <= kept) return formatBytes(totalBytes)
  const [tail, ...others] = rest
  if (tail === undefined) return `first ${formatBytes(kept)} of ${formatBytes(totalBytes)}`
  return others.length === 0
    ? `first ${formatBytes(bytesOf(head))} and last ${formatBytes(bytesOf(tail))} of ${formatBytes(totalBytes)}`
    : `${formatBytes(kept)} of ${formatBytes(totalBytes)}`
}

function bytesOf(text: string): number {
  return encoder.encode(text).length
}
