/** ClickHouse SQL as a list of tokens: enough to know what a statement is and what it names. */

export type TokenKind = 'word' | 'quoted' | 'string' | 'number' | 'mark'

export interface Token {
  kind: TokenKind
  /** As written; of a quoted identifier or string, what is inside with escapes undone. */
  text: string
  /** Offset of the first character after it. */
  end: number
}

const SPACE = /[\s\u00A0\uFEFF]+/uy
const COMMENT = /--[^\n]*|#[!\s][^\n]*|\/\*[\s\S]*?\*\//uy
const WORD = /[\p{L}_][\p{L}\p{N}_$]*/uy
const NUMBER = /\d[\w.]*/uy
const HEREDOC = /\$(?<tag>\w*)\$(?<body>[\s\S]*?)\$\k<tag>\$/uy
const STRING = /'(?<body>(?:[^'\\]|\\[\s\S]|'')*)'/uy
const QUOTED = /"(?<double>(?:[^"\\]|\\[\s\S]|"")*)"|`(?<back>(?:[^`\\]|\\[\s\S]|``)*)`/uy

/**
 * Splits a statement. `stop` ends the reading after the token for which it answers true, so that the data of
 * an INSERT is never read as SQL.
 * @throws {SyntaxError} for an unclosed string, identifier or comment
 */
export function tokenize(sql: string, stop: (tokens: readonly Token[]) => boolean = () => false): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < sql.length) {
    const skipped = match(SPACE, sql, at) ?? match(COMMENT, sql, at)
    if (skipped !== null) {
      at += skipped[0].length
      continue
    }
    const token = nextToken(sql, at)
    tokens.push(token)
    at = token.end
    if (stop(tokens)) break
  }
  return tokens
}

function nextToken(sql: string, at: number): Token {
  const plain = (kind: TokenKind, found: RegExpExecArray, text = found[0]): Token => ({
    kind,
    text,
    end: at + found[0].length,
  })
  const string = match(STRING, sql, at)
  if (string !== null) return plain('string', string, unescape(string.groups?.['body'] ?? '', "'"))
  const heredoc = match(HEREDOC, sql, at)
  if (heredoc !== null) return plain('string', heredoc, heredoc.groups?.['body'] ?? '')
  const quoted = match(QUOTED, sql, at)
  if (quoted !== null) {
    const { double, back } = quoted.groups ?? {}
    return plain('quoted', quoted, double === undefined ? unescape(back ?? '', '`') : unescape(double, '"'))
  }
  const word = match(WORD, sql, at)
  if (word !== null) return plain('word', word)
  const number = match(NUMBER, sql, at)
  if (number !== null) return plain('number', number)
  const character = String.fromCodePoint(sql.codePointAt(at) ?? 0)
  if (`'"\``.includes(character) || sql.startsWith('/*', at))
    throw new SyntaxError(`unclosed ${character} at ${at}`)
  return { kind: 'mark', text: character, end: at + character.length }
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function unescape(body: string, quote: string): string {
  return body.replaceAll(quote + quote, quote).replaceAll(/\\([\s\S])/gu, '$1')
}
