/** Two texts as lines that are the same, removed and added. */
import { diffLines } from 'diff'

export interface DiffLine {
  kind: 'same' | 'removed' | 'added'
  text: string
}
/** Lines, or a number of equal lines that are left out. */
export type DiffPart = DiffLine | { kind: 'left-out'; count: number }

/** Equal lines around a difference. */
const CONTEXT = 3
const EDITS_MAX = 2000
const TIME_MAX_MS = 100
/** Longer texts are compared as a whole. */
const LENGTH_MAX = 524_288

/** Null where the texts differ too much to be aligned in a moment. */
export function diffTexts(a: string, b: string): DiffPart[] | null {
  if (a.length + b.length > LENGTH_MAX) return null
  const changes = diffLines(withEnd(a), withEnd(b), { maxEditLength: EDITS_MAX, timeout: TIME_MAX_MS })
  if (changes === undefined) return null
  const lines = changes.flatMap(({ value, added, removed }) =>
    value
      .replace(/\n$/u, '')
      .split('\n')
      .map((text): DiffLine => ({ kind: added ? 'added' : removed ? 'removed' : 'same', text })),
  )
  return withoutFarLines(lines)
}

function withEnd(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

function withoutFarLines(lines: readonly DiffLine[]): DiffPart[] {
  const near = new Set<number>()
  for (const [index, { kind }] of lines.entries())
    if (kind !== 'same') for (let at = index - CONTEXT; at <= index + CONTEXT; at += 1) near.add(at)
  const parts: DiffPart[] = []
  for (const [index, line] of lines.entries()) {
    const last = parts.at(-1)
    if (near.has(index)) parts.push(line)
    else if (last?.kind === 'left-out') last.count += 1
    else parts.push({ kind: 'left-out', count: 1 })
  }
  return parts
}
