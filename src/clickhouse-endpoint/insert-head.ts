/** Finds where the rows of an INSERT begin. */
import { isWord, tokenize, type Token } from './tokens.ts'

export interface InsertHead {
  /** `INSERT … FORMAT Name` or `INSERT … VALUES`. */
  text: string
  /** Offset of the first byte of the rows. */
  dataFrom: number
}

/**
 * Finds the end of an INSERT's head in bytes decoded as latin1. Null for other statements, for INSERT … SELECT and for an
 * incomplete head: then the engine's parser gets the whole text.
 */
export function findInsertHead(text: string): InsertHead | null {
  let tokens: Token[]
  try {
    tokens = tokenize(text, isDecided)
  } catch {
    return null
  }
  const last = tokens.at(-1)
  if (last === undefined || !isWord(tokens[0], 'INSERT') || !endsHead(tokens)) return null
  // One line end after FORMAT belongs to the statement; binary rows may begin with any byte.
  const isFormat = isWord(tokens.at(-2), 'FORMAT')
  const space = isFormat ? (/^[ \t]*\r?\n?/u.exec(text.slice(last.end))?.[0].length ?? 0) : 0
  return { text: text.slice(0, last.end), dataFrom: last.end + space }
}

function isDecided(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1)
  return !isWord(tokens[0], 'INSERT') || isWord(last, 'SELECT') || isWord(last, 'FROM') || endsHead(tokens)
}

function endsHead(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1)
  return isWord(last, 'VALUES') || (isWord(tokens.at(-2), 'FORMAT') && last?.kind === 'word')
}
