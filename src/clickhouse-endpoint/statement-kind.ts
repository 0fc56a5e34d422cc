/** Kinds of statements and the clauses they may have. */
import { isKeptEngine } from './functions.ts'
import type { Access } from './database-access.ts'
import { denied, RefusedStatement } from './refusal.ts'
import { isMark, isName, isWord, upper, type Token } from './tokens.ts'

const READS: ReadonlySet<string> = new Set(['SELECT', 'WITH', 'SHOW', 'DESCRIBE', 'EXISTS', 'EXPLAIN', '('])
const SHOWN: ReadonlySet<string> = new Set([
  'CHANGED',
  'COLUMNS',
  'CREATE',
  'DATABASES',
  'ENGINES',
  'EXTENDED',
  'FULL',
  'FUNCTIONS',
  'INDEXES',
  'MERGES',
  'PROCESSLIST',
  'SETTING',
  'SETTINGS',
  'TABLES',
])
/** Allowed after SHOW CREATE. */
const SHOWN_CREATED: ReadonlySet<string> = new Set(['TABLE', 'VIEW', 'DATABASE'])
const EXPLAINED: ReadonlySet<string> = new Set([
  'AST',
  'CURRENT',
  'ESTIMATE',
  'PIPELINE',
  'PLAN',
  'QUERY',
  'SYNTAX',
  'TRANSACTION',
  'TREE',
])
/** The first two words of writing statements. */
const WRITES: ReadonlyMap<string, readonly string[]> = new Map([
  ['INSERT', ['INTO']],
  ['CREATE', ['TABLE', 'DATABASE', 'VIEW', 'MATERIALIZED', 'OR']],
  ['ALTER', ['TABLE']],
  ['DROP', ['TABLE', 'VIEW']],
  ['TRUNCATE', ['TABLE']],
  ['OPTIMIZE', ['TABLE']],
  ['DELETE', ['FROM']],
])
/** Commands of ALTER TABLE that do not move a table's rows. */
const ALTERS: ReadonlySet<string> = new Set([
  'ADD',
  'APPLY',
  'CLEAR',
  'COMMENT',
  'DELETE',
  'DROP',
  'MATERIALIZE',
  'MODIFY',
  'REMOVE',
  'RENAME',
  'RESET',
  'UPDATE',
])
/** Pairs of words that reach outside the tables, in any position. */
const CLAUSES: ReadonlyMap<string, readonly string[]> = new Map([
  ['INTO', ['OUTFILE', 'FUNCTION']],
  ['FROM', ['INFILE']],
  ['PARALLEL', ['WITH']],
  ['TABLE', ['OVERRIDE']],
  ['ON', ['CLUSTER']],
])
/** Pairs of words in definitions that run later by themselves, or with the rights of another user. */
const DEFINITION_CLAUSES: ReadonlyMap<string, readonly string[]> = new Map([
  ['REFRESH', ['EVERY', 'AFTER']],
  ['MODIFY', ['REFRESH', 'SQL', 'DEFINER']],
  ['SQL', ['SECURITY']],
])

/** `kill` cancels a statement of the same user by its query_id. */
export type StatementKind = 'read' | 'write' | 'kill'

/**
 * The kind of a statement, from its first words.
 * @throws {RefusedStatement} code 497 when the access does not cover it
 */
export function kindOf(tokens: readonly Token[], access: Access): StatementKind {
  const [first, second] = [upper(tokens[0]), upper(tokens[1])]
  checkSessionless(tokens)
  if (READS.has(first)) {
    if (first === 'SHOW') checkShow(tokens)
    if (first === 'EXPLAIN') checkExplain(tokens, access)
    return 'read'
  }
  if (first === 'KILL') {
    killedBy(tokens)
    return 'kill'
  }
  if (access !== 'full') throw denied(`${first} is not allowed here: this access only reads`)
  if (WRITES.get(first)?.includes(second) !== true) throw denied(`${first} ${second} is not allowed here`)
  if (first === 'CREATE' && second === 'OR' && !isWord(tokens[3], 'TABLE') && !isWord(tokens[3], 'VIEW'))
    throw denied(`CREATE OR REPLACE ${upper(tokens[3])} is not allowed here, only of a TABLE or a VIEW`)
  return 'write'
}

/** Statements about what a session keeps. */
const OF_SESSIONS: ReadonlyMap<string, string> = new Map([
  ['SET', 'send settings in the URL or in SETTINGS'],
  ['USE', 'send the database in the URL'],
])

/** @throws {RefusedStatement} code 48: requests share no session, also with a `session_id` */
function checkSessionless(tokens: readonly Token[]): void {
  const instead = OF_SESSIONS.get(upper(tokens[0]))
  if (instead !== undefined)
    throw new RefusedStatement(
      48,
      `${upper(tokens[0])} is not supported: sessions keep nothing here; ${instead}`,
    )
  const isTemporary = isWord(tokens[isWord(tokens[1], 'OR') ? 3 : 1], 'TEMPORARY')
  if (isTemporary && !READS.has(upper(tokens[0])))
    throw new RefusedStatement(
      48,
      'Temporary tables are not supported: sessions keep nothing here; use WITH, or send the rows as an external table',
    )
}

/**
 * The query_id of `KILL QUERY WHERE query_id = '…'`.
 * @throws {RefusedStatement} code 497 for a KILL of any other shape
 */
export function killedBy(tokens: readonly Token[]): string {
  const [kill, query, where, column, equals, id, mode, more] = tokens
  const isPlain =
    isWord(kill, 'KILL') && isWord(query, 'QUERY') && isWord(where, 'WHERE') && isWord(column, 'QUERY_ID')
  const ends = mode === undefined || isWord(mode, 'ASYNC') || isWord(mode, 'SYNC')
  if (isPlain && isMark(equals, '=') && id?.kind === 'string' && ends && more === undefined) return id.text
  throw denied("KILL is allowed here as KILL QUERY WHERE query_id = '…'")
}

function checkShow(tokens: readonly Token[]): void {
  const [second, third] = [upper(tokens[1]), upper(tokens[2])]
  if (!SHOWN.has(second)) throw denied(`SHOW ${second} is not allowed here`)
  if (second === 'CREATE' && !SHOWN_CREATED.has(third))
    throw denied(`SHOW CREATE ${third} is not allowed here`)
}

/** Only statements that may run may be explained; EXPLAIN AST only parses. */
function checkExplain(tokens: readonly Token[], access: Access): void {
  let at = 1
  while (EXPLAINED.has(upper(tokens[at]))) at += 1
  if (isWord(tokens[1], 'AST')) return
  while (isName(tokens[at]) && isMark(tokens[at + 1], '=')) at += isMark(tokens[at + 3], ',') ? 4 : 3
  if (isWord(tokens[at], 'EXPLAIN')) throw denied('EXPLAIN EXPLAIN is not allowed here')
  if (at < tokens.length) kindOf(tokens.slice(at), access)
}

/** Refuses clauses that reach outside the tables. @throws {RefusedStatement} code 497 */
export function checkClauses(tokens: readonly Token[]): void {
  const first = upper(tokens[0])
  const isDefinition = first === 'CREATE' || first === 'ALTER'
  for (const [index, token] of tokens.entries()) {
    const [next, after] = [tokens[index + 1], tokens[index + 2]]
    const word = token.kind === 'word' ? token.text.toUpperCase() : ''
    const follows = CLAUSES.get(word) ?? (isDefinition ? DEFINITION_CLAUSES.get(word) : undefined)
    if (follows?.some((second) => isWord(next, second)) === true)
      throw denied(`${word} ${upper(next)} is not allowed here`)
    if (isMark(token, ':') && isWord(next, 'IDENTIFIER') && isMark(after, '}'))
      throw denied('a name cannot be a parameter here')
    if (isDefinition) checkDefinition(token, next, after)
  }
  if (first === 'ALTER') checkCommands(tokens)
}

function checkDefinition(token: Token, next: Token | undefined, after: Token | undefined): void {
  if (!isWord(token, 'ENGINE') || !isMark(next, '=') || !isName(after)) return
  if (!isKeptEngine(after.text)) throw denied(`engine ${after.text} is not allowed here`)
}

/** Each command of ALTER is in its own parentheses. */
function checkCommands(tokens: readonly Token[]): void {
  let depth = 0
  for (const [index, token] of tokens.entries()) {
    const command = upper(tokens[index + 1])
    if (isMark(token, '(') && depth === 0 && !ALTERS.has(command))
      throw denied(`ALTER TABLE … ${command} is not allowed here`)
    if (isMark(token, '(')) depth += 1
    if (isMark(token, ')')) depth -= 1
  }
}
