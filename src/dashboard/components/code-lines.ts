/** Which lines of a program are drawn, and in how many parts. */
import type { Token } from './highlight.ts'

/** Lines from `from`, included, to `to`, excluded, counted from 0. */
export interface LineWindow {
  from: number
  to: number
}

export interface CodeLine {
  /** From 1. */
  number: number
  tokens: readonly Token[]
}

const FIRST_LINES = 300
const AROUND = 100
/** Coloured parts that are drawn; lines behind them are plain. */
const TOKENS_MAX = 6000
const TOKENS_OF_LINE_MAX = 400

/** The first lines, or those around the one that failed. */
export function firstWindow(count: number, failingLine: number | null): LineWindow {
  if (failingLine === null || failingLine <= FIRST_LINES - 20 || failingLine > count)
    return { from: 0, to: Math.min(count, FIRST_LINES) }
  return { from: failingLine - 1 - AROUND, to: Math.min(count, failingLine + AROUND) }
}

export function withTokens(
  texts: readonly string[],
  tokens: readonly (readonly Token[])[] | null,
  { from, to }: LineWindow,
): CodeLine[] {
  let drawn = 0
  return texts.slice(from, to).map((text, index) => {
    const found = tokens?.[from + index] ?? []
    drawn += found.length
    const coloured = found.length > 0 && found.length <= TOKENS_OF_LINE_MAX && drawn <= TOKENS_MAX
    return { number: from + index + 1, tokens: coloured ? found : [{ text, kind: '' }] }
  })
}
