/**
 * What a statement may be. The engine has no users and no walls of its own, so nothing reaches it unread. What is
 * read here is the text as the engine's own parser wrote it back: no comments, one way of quoting, one statement.
 */
import { isDeniedCall, isKeptEngine } from './functions.ts'
import { denied, RefusedStatement } from './refusal.ts'
import { isMark, isWord, tokenize, type Token } from './tokens.ts'

export type Access = 'full' | 'read'

/** An INSERT whose rows follow the statement. */
export interface InsertData {
  /** Format of the rows. */
  format: string
  /** The statement up to the word FORMAT. */
  head: string
  /** The list of columns as text; null where there is none or it is more than names. */
  columns: string | null
}

export interface Statement {
  kind: 'read' | 'write'
  sql: string
  /** Rows can be sent while they are made. */
  streams: boolean
  /** Format the statement asks for, null where it leaves that open. */
  format: string | null
  /** Names of `{name:Type}`. */
  placeholders: readonly string[]
  insert: InsertData | null
}

/** What the engine has, by which a statement's names are told apart. */
export interface Catalogue {
  /** Every table function, in lower case. */
  tableFunctions: ReadonlySet<string>
  /** Every output format. */
  formats: ReadonlySet<string>
  /** Databases that callers' statements must not name, in lower case. */
  closedDatabases: ReadonlySet<string>
}

const READS = new Set(['SELECT', 'WITH', 'SHOW', 'DESCRIBE', 'EXISTS', 'EXPLAIN', '('])
const SHOWN = new Set(['TABLES', 'COLUMNS', 'CREATE', 'DATABASES', 'INDEXES', 'FUNCTIONS', 'FULL'])
/** First words of the writing statements with the words that may follow. */
const WRITES = new Map([
  ['INSERT', ['INTO']],
  ['CREATE', ['TABLE', 'DATABASE', 'VIEW', 'MATERIALIZED', 'OR']],
  ['ALTER', ['TABLE']],
  ['DROP', ['TABLE', 'VIEW']],
  ['TRUNCATE', ['TABLE']],
  ['OPTIMIZE', ['TABLE']],
  ['DELETE', ['FROM']],
])
/** Commands of ALTER TABLE that move parts from or to elsewhere. */
const DENIED_ALTERS = new Set(['FREEZE', 'UNFREEZE', 'FETCH', 'ATTACH', 'DETACH', 'EXPORT', 'MOVE', 'FORGET'])
const OPEN_SYSTEM_TABLES = new Set([
  'tables',
  'columns',
  'databases',
  'one',
  'numbers',
  'functions',
  'formats',
  'data_type_families',
])

/**
 * Reads a statement the engine's parser wrote back and refuses what the access does not cover.
 * @throws {RefusedStatement} with ClickHouse's code: 62 syntax, 497 access denied
 */
export function checkStatement(sql: string, access: Access, catalogue: Catalogue): Statement {
  const tokens = tokenize(sql)
  const first = upper(tokens[0])
  checkKind(tokens, first, access)
  for (const index of tokens.keys()) {
    checkCall(tokens, index, catalogue)
    checkClause(tokens, index, first)
    if (access === 'read') checkName(tokens, index, catalogue)
  }
  if (first === 'CREATE' || first === 'ALTER') checkDefinition(tokens, first)
  return {
    kind: READS.has(first) ? 'read' : 'write',
    sql,
    streams: first === 'SELECT' || first === 'WITH' || first === '(',
    format: formatOf(tokens, catalogue),
    placeholders: placeholdersOf(tokens),
    insert: first === 'INSERT' ? insertOf(sql, tokens) : null,
  }
}

function checkKind(tokens: readonly Token[], first: string, access: Access): void {
  const second = upper(tokens[1])
  if (READS.has(first)) {
    if (first === 'SHOW' && !SHOWN.has(second)) throw denied(`SHOW ${second} is not allowed here`)
    return
  }
  if (access !== 'full') throw denied(`${first} is not allowed here: this access only reads`)
  if (WRITES.get(first)?.includes(second) !== true) throw denied(`${first} ${second} is not allowed here`)
}

function checkCall(tokens: readonly Token[], index: number, catalogue: Catalogue): void {
  const token = tokens[index]
  if (!isName(token) || !isMark(tokens[index + 1], '(')) return
  if (isDeniedCall(token.text, catalogue.tableFunctions))
    throw denied(`function ${token.text} is not allowed here`)
}

function checkClause(tokens: readonly Token[], index: number, first: string): void {
  const [token, next, after] = tokens.slice(index, index + 3)
  if (isWord(token, 'INTO') && isWord(next, 'OUTFILE')) throw denied('INTO OUTFILE is not allowed here')
  if (isWord(token, 'FROM') && isWord(next, 'INFILE')) throw denied('FROM INFILE is not allowed here')
  if (isWord(token, 'INTO') && isWord(next, 'FUNCTION'))
    throw denied('INSERT INTO FUNCTION is not allowed here')
  if (isWord(token, 'PARALLEL') && isWord(next, 'WITH')) throw denied('PARALLEL WITH is not allowed here')
  const sets = isWord(token, 'SETTINGS') && isName(next) && isMark(after, '=')
  if (sets && first !== 'CREATE' && first !== 'ALTER')
    throw denied('SETTINGS is not allowed here; send settings as URL parameters')
  if (isMark(token, ':') && isWord(next, 'IDENTIFIER') && isMark(after, '}'))
    throw denied('a name cannot be a parameter here')
}

/** A reader names its own database and a few tables of `system`. */
function checkName(tokens: readonly Token[], index: number, { closedDatabases }: Catalogue): void {
  const token = tokens[index]
  if (!isName(token) || !closedDatabases.has(token.text.toLowerCase())) return
  if (isWord(tokens[0], 'SHOW')) throw denied(`${token.text} is not open to queries`)
  if (!isMark(tokens[index + 1], '.') || isMark(tokens[index - 1], '.')) return
  const table = tokens[index + 2]?.text.toLowerCase() ?? ''
  if (token.text.toLowerCase() === 'system' && OPEN_SYSTEM_TABLES.has(table)) return
  throw denied(`${token.text}.${table} is not open to queries`)
}

function checkDefinition(tokens: readonly Token[], first: string): void {
  for (const [index, token] of tokens.entries()) {
    const engine = tokens[index + 2]
    if (isWord(token, 'ENGINE') && isMark(tokens[index + 1], '=') && isName(engine)) {
      if (!isKeptEngine(engine.text)) throw denied(`engine ${engine.text} is not allowed here`)
    }
    const command = upper(tokens[index + 1])
    if (first === 'ALTER' && isMark(token, '(') && DENIED_ALTERS.has(command))
      throw denied(`ALTER TABLE … ${command} is not allowed here`)
  }
}

function formatOf(tokens: readonly Token[], { formats }: Catalogue): string | null {
  const last = tokens.at(-1)
  return isWord(tokens.at(-2), 'FORMAT') && last !== undefined && formats.has(last.text) ? last.text : null
}

function placeholdersOf(tokens: readonly Token[]): string[] {
  return tokens.flatMap((token, index) => {
    const [name, colon] = tokens.slice(index + 1, index + 3)
    return isMark(token, '{') && name?.kind === 'word' && isMark(colon, ':') ? [name.text] : []
  })
}

function insertOf(sql: string, tokens: readonly Token[]): InsertData | null {
  const [before, format] = [tokens.at(-2), tokens.at(-1)]
  if (before === undefined || !isWord(before, 'FORMAT') || format?.kind !== 'word') return null
  if (tokens.some((token) => isWord(token, 'SELECT'))) return null
  const columns =
    /\((?<list>[^()*]+)\)$/u.exec(sql.slice(0, before.start).trimEnd())?.groups?.['list'] ?? null
  return { format: format.text, head: sql.slice(0, before.start).trimEnd(), columns }
}

type Name = Token & { kind: 'word' | 'quoted' }

function isName(token: Token | undefined): token is Name {
  return token?.kind === 'word' || token?.kind === 'quoted'
}

function upper(token: Token | undefined): string {
  return token?.kind === 'word' || token?.kind === 'mark' ? token.text.toUpperCase() : ''
}

/** @throws {RefusedStatement} code 456 for a placeholder without a value */
export function checkParameters(statement: Statement, given: ReadonlyMap<string, string>): void {
  const missing = statement.placeholders.find((name) => !given.has(name))
  if (missing !== undefined) throw new RefusedStatement(456, `Substitution \`${missing}\` is not set`)
}
