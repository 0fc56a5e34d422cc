/** From the text of a request to a statement that may run. */
import { BARE_WORK, type Engine } from './engine.ts'
import { RefusedStatement } from './refusal.ts'
import type { Lane } from './lanes.ts'
import type { Access } from './names.ts'
import { checkStatement, type Catalogue, type Statement } from './statement.ts'
import { withoutEnd } from './tokens.ts'

/** The stack's own statements are read, and remembered, apart from callers'. */
export type ParseLane = Extract<Lane, 'serve' | 'parse'>

export interface Statements {
  /** @throws {RefusedStatement} what the access does not cover; errors of the engine's parser */
  read(text: string, access: Access, lane: ParseLane): Promise<Statement>
  /** To be called when databases were made. */
  refresh(): Promise<void>
}

/** ClickHouse's own `max_query_size`; the rows of an INSERT do not count. */
const MAX_QUERY_BYTES = 262_144
/** Texts remembered; the service asks the same few over and over. */
const REMEMBERED = 500
const REMEMBERED_LENGTH = 20_000

/** Reads statements for a database; callers' statements may name no other. */
export async function openStatements(engine: Engine, database: string): Promise<Statements> {
  let catalogue = await readCatalogue(engine, database)
  const remembered = { serve: new Map<string, Statement>(), parse: new Map<string, Statement>() }
  return {
    async read(text, access, lane) {
      const known = remembered[lane]
      const key = `${access} ${text}`
      const found = known.get(key)
      if (found !== undefined) return found
      const statement = checkStatement(await parse(engine, text, lane), access, catalogue)
      if (known.size >= REMEMBERED) known.clear()
      if (text.length <= REMEMBERED_LENGTH) known.set(key, statement)
      return statement
    },
    async refresh() {
      catalogue = await readCatalogue(engine, database)
      for (const known of Object.values(remembered)) known.clear()
    },
  }
}

async function readCatalogue(engine: Engine, database: string): Promise<Catalogue> {
  const ask = async (sql: string): Promise<string[]> =>
    Buffer.from((await engine.run('serve', { ...BARE_WORK, sql })).bytes)
      .toString('utf8')
      .trim()
      .split('\n')
  const databases = await ask('SELECT lower(name) FROM system.databases')
  const combinators = await ask('SELECT lower(name) FROM system.aggregate_function_combinators')
  return {
    functions: new Set(await ask('SELECT lower(name) FROM system.functions')),
    tableFunctions: new Set(await ask('SELECT lower(name) FROM system.table_functions')),
    combinators,
    tableSettings: new Set(await ask('SELECT name FROM system.merge_tree_settings')),
    formats: new Set(await ask('SELECT name FROM system.formats WHERE is_output')),
    others: new Set(databases.filter((name) => name !== database.toLowerCase())),
  }
}

/** The engine's own parser says what a text is: two lexers that differ would be a hole. */
async function parse(engine: Engine, text: string, lane: ParseLane): Promise<string> {
  if (text.trim() === '') throw new RefusedStatement(62, 'Syntax error: Empty query')
  if (Buffer.byteLength(text) > MAX_QUERY_BYTES)
    throw new RefusedStatement(62, `Syntax error: Max query size exceeded, ${MAX_QUERY_BYTES} bytes`)
  if (text.includes('\0')) throw new RefusedStatement(62, 'Syntax error: a NUL character in the query')
  try {
    return await engine.parse(withoutEnd(text), lane)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const words = /^Code: 62\. DB::Exception: (?<words>[\s\S]*?)\.? ?: In scope SELECT formatQuery/u.exec(
      message,
    )
    throw words === null ? error : new RefusedStatement(62, words.groups?.['words'] ?? message)
  }
}
