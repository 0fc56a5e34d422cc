/**
 * What a statement of a caller may be: one SELECT over the views of our tables. The statement policy for readers holds as
 * well, so that functions are those that were reviewed.
 */
import { isCallerTable } from './caller-views.ts'
import type { KnownFunctions } from './functions.ts'
import { denied, type RefusedStatement } from './refusal.ts'
import { isMark, isName, isWord, upper, type Token } from './tokens.ts'

const STARTS: ReadonlySet<string> = new Set(['SELECT', 'WITH', '('])

/**
 * Functions that reveal the dictionaries, blocks and settings behind the rows; the engine's own, which are the same for
 * everyone, are open.
 */
const CLOSED =
  /^(?:(?:to)?lowcardinality\w*|dumpcolumnstructure|blockserializedsize|estimatecompressionratio|getsetting\w*|uptime|runningconcurrency|(?:connection|query|initialquery|currentquery)_?id|\w*query_id)$/u

/**
 * @param databases every database of the engine, in lower case
 * @throws {RefusedStatement} code 497 with the word that is refused
 */
export function checkCallerStatement(
  tokens: readonly Token[],
  known: KnownFunctions,
  databases: ReadonlySet<string>,
): void {
  const [first] = tokens
  if (!STARTS.has(upper(first)))
    throw refused(`only SELECT is open to this key, not ${upper(first) || 'this'}`, first)
  for (const [index, token] of tokens.entries()) {
    const [before, next] = [tokens[index - 1], tokens[index + 1]]
    checkWord(token, next)
    if (!isName(token)) continue
    const name = token.text.toLowerCase()
    if (isMark(next, '.') && !isMark(before, '.') && databases.has(name))
      throw refused(`write the table without its database: ${token.text}.… is not open to this key`, token)
    if (isMark(next, '(')) checkCall(token, known)
  }
}

function checkWord(token: Token, next: Token | undefined): void {
  if (isWord(token, 'EXPLAIN') && next?.kind === 'word')
    throw refused('EXPLAIN is not open to this key: it reveals rows of others', token)
  if (isWord(token, 'SETTINGS') && isName(next))
    throw refused('SETTINGS are not open to this key; limits and duplicates are seen to', token)
}

function checkCall(token: Token, { functions, tableFunctions }: KnownFunctions): void {
  const name = token.text.toLowerCase()
  if (tableFunctions.has(name) && !functions.has(name))
    throw refused(`the table function ${token.text} is not open to this key`, token)
  if (CLOSED.test(name)) throw refused(`the function ${token.text} is not open to this key`, token)
}

function refused(message: string, token: Token | undefined): RefusedStatement {
  return denied(message, token?.text)
}

/** The views show each row once, and the engine takes no FINAL for a view: drops it after their names. */
export function withoutFinal(sql: string, tokens: readonly Token[]): string {
  const pieces: string[] = []
  let from = 0
  for (const [index, token] of tokens.entries()) {
    if (!isWord(token, 'FINAL')) continue
    const isAliased = isWord(tokens[index - 2], 'AS')
    const table = tokens[isAliased ? index - 3 : index - 1]
    if (!isName(table) || !isCallerTable(table.text)) continue
    pieces.push(sql.slice(from, token.start))
    from = token.end
  }
  return pieces.join('') + sql.slice(from)
}
