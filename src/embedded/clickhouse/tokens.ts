/** ClickHouse SQL as a list of tokens, read as ClickHouse's own lexer reads it; what is doubtful is an error. */

type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'mark'

export interface Token {
  kind: TokenKind
  /** As written; of a quoted identifier or string, what is inside with escapes undone. */
  text: string
  /** Offset of its first character. */
  start: number
  /** Offset of the first character after it. */
  end: number
}

const SKIPPED = /(?:[ \t\n\v\f\r]+|--[^\n]*|\/\/[^\n]*|#[ !][^\n]*|\/\*[\s\S]*?\*\/)+/uy
const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['string', /'(?<body>(?:[^'\\]|\\[\s\S]|'')*)'/uy],
  ['quoted', /`(?<body>(?:[^`\\]|\\[\s\S]|``)*)`/uy],
  ['quoted', /"(?<body>(?:[^"\\]|\\[\s\S]|"")*)"/uy],
  ['string', /\$(?<tag>\w*)\$(?<body>[\s\S]*?)\$\k<tag>\$/uy],
  ['word', /[A-Za-z_][\w$]*/uy],
  ['number', /(?:0x[\da-f_]+|0b[01_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[+-]?\d+)?)(?![\w$])/iuy],
]
/** One character of punctuation; quotes, slashes of a comment and anything beyond ASCII are not among them. */
const MARK = /(?!\/\*|\/\/|--)[!%&()*+,\-./:;<=>?@[\]^{|}~]/uy

/**
 * Splits a statement. `stop` ends the reading after the token for which it answers true, so that the data of
 * an INSERT is never read as SQL.
 * @throws {SyntaxError} for what is not closed and for characters that open quotes in some lexers only
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

function skip(sql: string, at: number): number {
  SKIPPED.lastIndex = at
  return SKIPPED.test(sql) ? SKIPPED.lastIndex : at
}

function readToken(sql: string, at: number): Token {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at
    const found = pattern.exec(sql)
    if (found === null) continue
    const body = found.groups?.['body']
    const text = body === undefined ? found[0] : unescape(body, found[0][0] ?? '')
    return { kind, text, start: at, end: pattern.lastIndex }
  }
  MARK.lastIndex = at
  const mark = MARK.exec(sql)
  if (mark !== null) return { kind: 'mark', text: mark[0], start: at, end: at + 1 }
  throw new SyntaxError(
    `Syntax error: failed at position ${at + 1}: ${JSON.stringify(sql.slice(at, at + 20))}`,
  )
}

function unescape(body: string, quote: string): string {
  // A heredoc has no escapes.
  if (quote === '$') return body
  return body.replaceAll(quote + quote, quote).replaceAll(/\\([\s\S])/gu, '$1')
}

/** True for the unquoted word, whatever its case. */
export function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text.toUpperCase() === word
}

/** True for this punctuation. */
export function isMark(token: Token | undefined, mark: string): boolean {
  return token?.kind === 'mark' && token.text === mark
}
