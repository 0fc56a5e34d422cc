/** Runs a statement on the pool of its user and sends the result. */
import { MAX_HELD_BYTES, sendResult, sendDone, sendLarge, type Exchange } from './responses.ts'
import type { CallerViews } from './caller-views.ts'
import type { RequestBody } from './request-body.ts'
import type { EngineQuery } from './connection.ts'
import { EMPTY_QUERY, type Engine, type ReadPool, type WritePool } from './engine.ts'
import type { Access } from './database-access.ts'
import { quoteString } from './quoting.ts'
import type { RunningQueries } from './running-queries.ts'
import { clampSetting } from './settings.ts'
import type { Statement } from './statement-policy.ts'
import type { StatementParser } from './statement-parser.ts'
import type { User } from './users.ts'

export interface ExecuteDependencies {
  engine: Engine
  parser: StatementParser
  callerViews: CallerViews
  running: RunningQueries
}

export interface StatementRun {
  access: Access
  body: RequestBody
  statement: Statement
  user: User
  /** The statement as the client sent it. */
  text: string
  query: EngineQuery
}

/** How fast clients have to read large answers. */
const USER_PACE = { stallMs: 10_000, minRate: 131_072, minRateWhileOthersWait: 4_194_304 }
const INTERNAL_PACE = { stallMs: 300_000, minRate: 0, minRateWhileOthersWait: 0 }

/** @throws errors of the engine; code 394 when the statement was cancelled */
export async function execute(
  exchange: Exchange,
  dependencies: ExecuteDependencies,
  run: StatementRun,
): Promise<void> {
  const { access, statement, text, user } = run
  const owner = { user: user.name, queryId: exchange.queryId, text, access }
  const query = { ...run.query, owner, asksProcesses: statement.asksProcesses }
  if (statement.kills !== null) return kill(exchange, dependencies, { ...run, queryId: statement.kills })
  const running = {
    user: user.name,
    queryId: exchange.queryId,
    sql: text,
    onDisconnect: statement.kind === 'write' ? 'finish' : 'cancel',
  } as const
  await dependencies.running.track(running, exchange, (signal) =>
    statement.kind === 'write'
      ? write(exchange, dependencies, { ...run, query, signal })
      : read(exchange, dependencies, { ...run, query, signal }),
  )
}

async function write(
  exchange: Exchange,
  { callerViews, engine, parser }: ExecuteDependencies,
  { body, signal, statement, user, query }: StatementRun & { signal: AbortSignal },
): Promise<void> {
  const pool: WritePool = user.role === 'internal' ? 'internalWrite' : 'userWrite'
  if (statement.insert !== null) {
    const bytes = body.rows ?? noRows()
    const rows = { insert: statement.insert, bytes, signal }
    return sendDone(exchange, await engine.insert(pool, query, rows))
  }
  const done = await engine.run(pool, query, signal)
  callerViews.forget()
  if (createsDatabase(statement)) await parser.refresh()
  return sendDone(exchange, done)
}

async function read(
  exchange: Exchange,
  { engine }: ExecuteDependencies,
  { access, signal, statement, user, query }: StatementRun & { signal: AbortSignal },
): Promise<void> {
  const pool = readPool(user, access)
  if (statement.select !== null) {
    const select = { ...query, format: exchange.format, sql: query.sql }
    const pace = user.role === 'internal' ? INTERNAL_PACE : USER_PACE
    return engine.select(
      pool,
      select,
      (result, rest, othersWait) =>
        rest === null
          ? sendResult(exchange, result)
          : sendLarge(exchange, { result, rest, pace, othersWait }),
      signal,
    )
  }
  const requested = query.settings.get('max_result_bytes') ?? '0'
  const limit = clampSetting('max_result_bytes', requested, String(MAX_HELD_BYTES))
  const settings = new Map([...query.settings, ['max_result_bytes', limit]])
  return sendResult(exchange, await engine.run(pool, { ...query, settings }, signal))
}

function readPool(user: User, access: Access): ReadPool {
  if (access === 'caller') return 'callerRead'
  if (access !== 'full') return 'userRead'
  return user.role === 'internal' ? 'internalRead' : 'adminRead'
}

/** Sends one row for each cancelled statement of the same user, as ClickHouse does. */
async function kill(
  exchange: Exchange,
  { engine, running }: ExecuteDependencies,
  { queryId, user, query }: StatementRun & { queryId: string },
): Promise<void> {
  const { ended, texts } = running.kill(user.name, queryId)
  const waits = /\bSYNC\b/u.test(query.sql.replace(quoteString(queryId), ''))
  if (waits) await ended
  const row = (sql: string): string =>
    `(${[waits ? 'finished' : 'waiting', queryId, user.name, sql].map((text) => quoteString(text)).join(', ')})`
  const rows = texts.length === 0 ? ' LIMIT 0' : ''
  const values = (texts.length === 0 ? [''] : texts).map((text) => row(text)).join(', ')
  const columns = "'kill_status String, query_id String, user String, query String'"
  const sql = `SELECT * FROM values(${columns}, ${values})${rows}`
  return sendResult(exchange, await engine.run('parse', { ...EMPTY_QUERY, format: exchange.format, sql }))
}

/** Whether the statement creates a database; names are checked against the list of databases. */
export function createsDatabase({ sql }: Statement): boolean {
  return sql.startsWith('CREATE DATABASE ')
}

async function* noRows(): AsyncGenerator<Uint8Array> {
  // An INSERT without rows inserts nothing, as with ClickHouse.
}
