/** What a statement may be. The engine has no users and no walls of its own, so nothing reaches it unread. */
import { tokenize, type Token } from './tokens.ts'

export type Access = 'full' | 'read'

export interface Statement {
  kind: 'query' | 'insert' | 'command'
  /** The statement without a closing semicolon; of an INSERT with data, up to and with its FORMAT or VALUES. */
  sql: string
  /** Of an INSERT: the format of its data, null for INSERT … SELECT. */
  insertFormat: string | null
  /** Offset in the text where an INSERT's inline data begins; the text's length where there is none. */
  dataFrom: number
}

/** Refused before the engine saw it. `code` is ClickHouse's own number for the matter. */
export class RefusedStatement extends Error {
  override readonly name = 'RefusedStatement'
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

const READS = new Set(['SELECT', 'WITH', 'SHOW', 'DESCRIBE', 'DESC', 'EXISTS', 'EXPLAIN', '('])
const WRITES = new Set(['INSERT', 'CREATE', 'ALTER', 'DROP', 'OPTIMIZE', 'TRUNCATE'])
const CREATED = new Set(['TABLE', 'DATABASE', 'VIEW', 'MATERIALIZED', 'OR'])
/** Of the engine's table functions the ones that only make rows of nothing. */
const HARMLESS_TABLE_FUNCTIONS = new Set([
  'numbers',
  'numbers_mt',
  'zeros',
  'zeros_mt',
  'generate_series',
  'generateseries',
  'values',
  'view',
  'null',
  'primes',
])
/** Functions of an expression that reach files, the host or the clock of others. */
const DENIED_FUNCTIONS = new Set([
  'file',
  'sleep',
  'sleepeachrow',
  'getserversetting',
  'getserverport',
  'getmacro',
  'catboostevaluate',
  'addresstoline',
  'addresstolinewithinlines',
  'addresstosymbol',
  'showcertificate',
  'filesystemavailable',
  'filesystemcapacity',
  'filesystemunreserved',
  'getclienthttpheader',
  'structuretocapnprotoschema',
  'structuretoprotobufschema',
  'python',
  'ai',
  'llm',
])
const OPEN_SYSTEM_TABLES = new Set([
  'tables',
  'columns',
  'databases',
  'one',
  'numbers',
  'functions',
  'parts',
  'formats',
  'data_type_families',
  'settings',
  'contributors',
])
const CLOSED_DATABASES = new Set([
  'system',
  'information_schema',
  'default',
  '_temporary_and_external_tables',
])

export interface Rules {
  access: Access
  /** Every table function the engine has, in lower case. */
  tableFunctions: ReadonlySet<string>
}

/**
 * Reads a statement and refuses what the access does not cover.
 * @throws {RefusedStatement} with ClickHouse's code: 62 syntax, 497 access denied
 */
export function readStatement(text: string, rules: Rules): Statement {
  const tokens = split(text)
  const first = upper(tokens[0])
  if (first === '') throw new RefusedStatement(62, 'Empty query')
  const isInsert = first === 'INSERT'
  if (!READS.has(first) && !(rules.access === 'full' && WRITES.has(first)))
    throw denied(`${first} is not allowed here`)
  if (first === 'CREATE' && !CREATED.has(upper(tokens[1])))
    throw denied(`CREATE ${upper(tokens[1])} is not allowed here`)
  const body = withoutEnd(tokens)
  checkTokens(body, rules, first)
  const last = body.at(-1)?.end ?? 0
  const insertFormat = isInsert ? formatOfInsert(body) : null
  const hasData = insertFormat !== null
  const kind = isInsert ? 'insert' : READS.has(first) ? 'query' : 'command'
  return { kind, sql: text.slice(0, last), insertFormat, dataFrom: hasData ? last : text.length }
}

function split(text: string): Token[] {
  try {
    return tokenize(text, endsInsertHead)
  } catch (error) {
    throw new RefusedStatement(62, error instanceof Error ? error.message : String(error))
  }
}

/** True at the end of `INSERT … FORMAT Name` and `INSERT … VALUES`: what follows is data. */
function endsInsertHead(tokens: readonly Token[]): boolean {
  if (upper(tokens[0]) !== 'INSERT') return false
  return (
    upper(tokens.at(-1)) === 'VALUES' || (upper(tokens.at(-2)) === 'FORMAT' && tokens.at(-1)?.kind === 'word')
  )
}

function formatOfInsert(tokens: readonly Token[]): string | null {
  if (upper(tokens.at(-1)) === 'VALUES') return 'Values'
  return upper(tokens.at(-2)) === 'FORMAT' ? (tokens.at(-1)?.text ?? null) : null
}

function isEnd(token: Token | undefined): boolean {
  return token?.kind === 'mark' && token.text === ';'
}

function withoutEnd(tokens: readonly Token[]): readonly Token[] {
  let count = tokens.length
  while (count > 0 && isEnd(tokens[count - 1])) count -= 1
  if (tokens.slice(0, count).some(isEnd)) throw new RefusedStatement(62, 'Multi-statements are not allowed')
  return tokens.slice(0, count)
}

function checkTokens(tokens: readonly Token[], rules: Rules, first: string): void {
  for (const [index, token] of tokens.entries()) {
    const name = token.text.toLowerCase()
    const isName = token.kind === 'word' || token.kind === 'quoted'
    const next = tokens[index + 1]
    if (isName && next?.text === '(' && next.kind === 'mark') checkCall(name, rules)
    if (isName && next?.text === '.' && next.kind === 'mark')
      checkDatabase(name, tokens[index + 2], tokens[index - 1])
    if (token.kind === 'word') checkWord(name, next, first)
  }
}

function checkCall(name: string, rules: Rules): void {
  const isTableFunction = rules.tableFunctions.has(name) && !HARMLESS_TABLE_FUNCTIONS.has(name)
  if (isTableFunction || DENIED_FUNCTIONS.has(name)) throw denied(`function ${name} is not allowed here`)
}

function checkDatabase(name: string, table: Token | undefined, before: Token | undefined): void {
  if (!CLOSED_DATABASES.has(name) || before?.text === '.') return
  if (name === 'system' && OPEN_SYSTEM_TABLES.has(table?.text.toLowerCase() ?? '')) return
  throw denied(`${name}.${table?.text ?? ''} is not open to queries`)
}

function checkWord(name: string, next: Token | undefined, first: string): void {
  if (name === 'outfile' || name === 'infile')
    throw denied('INTO OUTFILE and FROM INFILE are not allowed here')
  if (name === 'settings' && next?.kind !== 'mark' && next !== undefined && first !== 'CREATE')
    throw denied('SETTINGS is not allowed here; send settings as URL parameters')
  if (name === 'function' && first === 'INSERT') throw denied('INSERT INTO FUNCTION is not allowed here')
}

function upper(token: Token | undefined): string {
  return token?.kind === 'word' || token?.kind === 'mark' ? token.text.toUpperCase() : ''
}

function denied(message: string): RefusedStatement {
  return new RefusedStatement(497, message)
}
