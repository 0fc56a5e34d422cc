/** Parses the text of a request into a checked statement. */
import { EMPTY_QUERY, type Engine } from './engine.ts'
import { RefusedStatement } from './refusal.ts'
import type { PoolName } from './pool-settings.ts'
import type { Access } from './database-access.ts'
import { checkStatement, type Catalogue, type Statement } from './statement-policy.ts'
import { tokenize, withoutEnd } from './tokens.ts'

/** Internal statements and those of users are parsed and cached separately. */
export type ParsePool = Extract<PoolName, 'internalRead' | 'parse'>

export interface StatementParser {
  /** @throws {RefusedStatement} when the access does not cover the statement; errors of the engine's parser */
  parse(text: string, access: Access, pool: ParsePool): Promise<Statement>
  /** To be called after a database is created. */
  refresh(): Promise<void>
}

/** ClickHouse's own `max_query_size`; the rows of an INSERT do not count. */
const MAX_QUERY_BYTES = 262_144
/** Statements that are cached; the service repeats the same few. */
const CACHE_SIZE = 500
const CACHED_LENGTH_MAX = 20_000

/** A parser for statements on this database; users who only read may name no other. */
export async function createStatementParser(engine: Engine, database: string): Promise<StatementParser> {
  let catalogue = await readCatalogue(engine, database)
  const caches = { internalRead: new Map<string, Statement>(), parse: new Map<string, Statement>() }
  return {
    async parse(text, access, pool) {
      const cache = caches[pool]
      const key = `${access} ${text}`
      const found = cache.get(key)
      if (found !== undefined) return found
      const formatted = await reformat(engine, text, pool)
      const statement = withPosition(text, () => checkStatement(formatted, access, catalogue))
      if (cache.size >= CACHE_SIZE) cache.clear()
      if (text.length <= CACHED_LENGTH_MAX) cache.set(key, statement)
      return statement
    },
    async refresh() {
      catalogue = await readCatalogue(engine, database)
      for (const cache of Object.values(caches)) cache.clear()
    },
  }
}

/** Adds to a refusal where the refused word stands in the text. */
function withPosition<T>(text: string, check: () => T): T {
  try {
    return check()
  } catch (error) {
    if (!(error instanceof RefusedStatement) || error.word === undefined) throw error
    const word = error.word.toLowerCase()
    const at = tokenize(text).find((token) => token.text.toLowerCase() === word)?.start
    throw at === undefined ? error : new RefusedStatement(error.code, `${error.message} (position ${at + 1})`)
  }
}

async function readCatalogue(engine: Engine, database: string): Promise<Catalogue> {
  const select = async (sql: string): Promise<string[]> =>
    Buffer.from((await engine.run('internalRead', { ...EMPTY_QUERY, sql })).bytes)
      .toString('utf8')
      .trim()
      .split('\n')
  const databases = await select('SELECT lower(name) FROM system.databases')
  const combinators = await select('SELECT lower(name) FROM system.aggregate_function_combinators')
  return {
    functions: new Set(await select('SELECT lower(name) FROM system.functions')),
    tableFunctions: new Set(await select('SELECT lower(name) FROM system.table_functions')),
    combinators,
    tableSettings: new Set(await select('SELECT name FROM system.merge_tree_settings')),
    formats: new Set(await select('SELECT name FROM system.formats WHERE is_output')),
    databases: new Set([...databases, database.toLowerCase()]),
    others: new Set(databases.filter((name) => name !== database.toLowerCase())),
  }
}

/** The statement as the engine's own parser writes it: a lexer of ours that differs could be bypassed. */
async function reformat(engine: Engine, text: string, pool: ParsePool): Promise<string> {
  if (text.trim() === '') throw new RefusedStatement(62, 'Syntax error: Empty query')
  if (Buffer.byteLength(text) > MAX_QUERY_BYTES)
    throw new RefusedStatement(62, `Syntax error: Max query size exceeded, ${MAX_QUERY_BYTES} bytes`)
  if (text.includes('\0')) throw new RefusedStatement(62, 'Syntax error: a NUL character in the query')
  try {
    return await engine.parse(withoutEnd(text), pool)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const words = /^Code: 62\. DB::Exception: (?<words>[\s\S]*?)\.? ?: In scope SELECT formatQuery/u.exec(
      message,
    )
    throw words === null ? error : new RefusedStatement(62, words.groups?.['words'] ?? message)
  }
}
