/** Tokenizes ClickHouse SQL like ClickHouse's own lexer; ambiguous text is an error. */

type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'mark'

export interface Token {
  kind: TokenKind
  /** As written; for a quoted identifier or string, its content without escapes. */
  text: string
  /** Offset of its first character. */
  start: number
  /** Offset of the first character after it. */
  end: number
}

/** An identifier, quoted or not. */
export type Name = Token & { kind: 'word' | 'quoted' }

// Sticky patterns without alternatives inside repetitions, so that they match in linear time.
const SPACE = /[ \t\n\v\f\r]+/uy
const WORD = /[A-Za-z_][\w$]*/uy
const NUMBER = /(?:0x[\da-f_]+|0b[01_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[+-]?\d+)?)(?![\w$])/iuy
const TAG = /\$\w*\$/uy
const MARKS = new Set('!%&()*+,-./:;<=>?@[]^{|}~')
/** First characters of spaces and comments. */
const SKIPPED = new Set(' \t\n\v\f\r-/#')
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['0', '\0'],
])

/**
 * Splits a statement in linear time. Stops after the token for which `stop` returns true, so that the data of an INSERT is
 * never parsed as SQL.
 * @throws {SyntaxError} for unclosed quotes and comments, and for characters that only some lexers treat as quotes
 */
export function tokenize(sql: string, stop: (tokens: readonly Token[]) => boolean = () => false): Token[] {
  const tokens: Token[] = []
  let at = skip(sql, 0)
  while (at < sql.length) {
    const token = readToken(sql, at)
    tokens.push(token)
    if (stop(tokens)) break
    at = skip(sql, token.end)
  }
  return tokens
}

/** The text without a final `;` and the spaces and comments after it. */
export function withoutEnd(sql: string): string {
  try {
    const tokens = tokenize(sql)
    const last = tokens.findLast((token) => !isMark(token, ';'))
    return last === undefined ? '' : sql.slice(0, last.end)
  } catch {
    // The engine's parser reports the error.
    return sql
  }
}

/** Skips spaces and comments. */
function skip(sql: string, from: number): number {
  let at = from
  for (;;) {
    const first = sql[at]
    if (first === undefined || !SKIPPED.has(first)) return at
    const next = skipComment(sql, matchEnd(SPACE, sql, at) ?? at)
    if (next === at) return at
    at = next
  }
}

function skipComment(sql: string, at: number): number {
  const first = sql[at] ?? ''
  const second = sql[at + 1] ?? ''
  if (first === '/' && second === '*') {
    const end = sql.indexOf('*/', at + 2)
    if (end === -1) throw unreadable(sql, at)
    return end + 2
  }
  const isLine =
    (first === '-' && second === '-') ||
    (first === '/' && second === '/') ||
    (first === '#' && (second === ' ' || second === '!'))
  if (!isLine) return at
  const end = sql.indexOf('\n', at)
  return end === -1 ? sql.length : end
}

function readToken(sql: string, at: number): Token {
  const first = sql[at] ?? ''
  if (MARKS.has(first)) return { kind: 'mark', text: first, start: at, end: at + 1 }
  if (first === "'") return readQuoted(sql, at, 'string')
  if (first === '`' || first === '"') return readQuoted(sql, at, 'quoted')
  if (first === '$') return readHeredoc(sql, at)
  const word = matchEnd(WORD, sql, at)
  if (word !== null) return { kind: 'word', text: sql.slice(at, word), start: at, end: word }
  const number = matchEnd(NUMBER, sql, at)
  if (number !== null) return { kind: 'number', text: sql.slice(at, number), start: at, end: number }
  throw unreadable(sql, at)
}

function readQuoted(sql: string, start: number, kind: 'string' | 'quoted'): Token {
  const quote = sql[start] ?? ''
  let text = ''
  let at = start + 1
  let from = at
  for (;;) {
    const next = sql[at]
    if (next === undefined) throw unreadable(sql, start)
    const after = sql[at + 1] ?? ''
    if (next === '\\') text += sql.slice(from, at) + (ESCAPES.get(after) ?? after)
    else if (next === quote && after === quote) text += sql.slice(from, at) + quote
    else if (next === quote) return { kind, text: text + sql.slice(from, at), start, end: at + 1 }
    else {
      at += 1
      continue
    }
    at += 2
    from = at
  }
}

/** A heredoc has no escapes. */
function readHeredoc(sql: string, start: number): Token {
  const open = matchEnd(TAG, sql, start)
  if (open === null) throw unreadable(sql, start)
  const tag = sql.slice(start, open)
  const close = sql.indexOf(tag, open)
  if (close === -1) throw unreadable(sql, start)
  return { kind: 'string', text: sql.slice(open, close), start, end: close + tag.length }
}

function matchEnd(pattern: RegExp, sql: string, at: number): number | null {
  pattern.lastIndex = at
  return pattern.test(sql) ? pattern.lastIndex : null
}

function unreadable(sql: string, at: number): SyntaxError {
  return new SyntaxError(
    `Syntax error: failed at position ${at + 1}: ${JSON.stringify(sql.slice(at, at + 20))}`,
  )
}

/** True for the unquoted word, whatever its case. */
export function isWord(token: Token | undefined, word: string): boolean {
  const isLong = token?.kind === 'word' && token.text.length === word.length
  return isLong && token.text.toUpperCase() === word
}

/** True for this punctuation. */
export function isMark(token: Token | undefined, mark: string): boolean {
  return token?.kind === 'mark' && token.text === mark
}

/** True for an identifier, quoted or not. */
export function isName(token: Token | undefined): token is Name {
  return token?.kind === 'word' || token?.kind === 'quoted'
}

/** An unquoted word or a mark in upper case; '' for other tokens. */
export function upper(token: Token | undefined): string {
  return token?.kind === 'word' || token?.kind === 'mark' ? token.text.toUpperCase() : ''
}
