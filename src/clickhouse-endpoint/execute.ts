/** Runs a statement on the lane of its user and answers it. */
import { MAX_HELD_BYTES, sendAnswer, sendDone, sendLarge, type Exchange } from './answers.ts'
import type { Incoming } from './body.ts'
import type { Work } from './connection.ts'
import { BARE_WORK, type Engine, type ReadLane, type WriteLane } from './engine.ts'
import type { Access } from './names.ts'
import { quoteString } from './quoting.ts'
import type { Running } from './running.ts'
import { settleSetting } from './settings.ts'
import type { Statement } from './statement.ts'
import type { Statements } from './statements.ts'
import type { User } from './users.ts'

export interface Executing {
  engine: Engine
  statements: Statements
  running: Running
}

export interface Execution {
  access: Access
  incoming: Incoming
  statement: Statement
  user: User
  work: Work
}

/** How long a client may take nothing of a large answer. */
const CALLER_STALL_MS = 10_000
const STACK_STALL_MS = 300_000

/** @throws errors of the engine; code 394 when the statement was cancelled */
export async function execute(exchange: Exchange, parts: Executing, execution: Execution): Promise<void> {
  const { statement, user, work } = execution
  if (statement.kills !== null) return kill(exchange, parts, { ...execution, queryId: statement.kills })
  const running = {
    user: user.name,
    queryId: exchange.queryId,
    sql: work.sql,
    onLeave: statement.kind === 'write' ? 'finish' : 'cancel',
  } as const
  await parts.running.during(running, exchange, (signal) =>
    statement.kind === 'write'
      ? write(exchange, parts, { ...execution, signal })
      : read(exchange, parts, { ...execution, signal }),
  )
}

async function write(
  exchange: Exchange,
  { engine, statements }: Executing,
  { incoming, signal, statement, user, work }: Execution & { signal: AbortSignal },
): Promise<void> {
  const lane: WriteLane = user.role === 'stack' ? 'write' : 'change'
  if (statement.insert !== null) {
    const bytes = incoming.rows ?? noRows()
    const rows = { insert: statement.insert, bytes, signal }
    return sendDone(exchange, await engine.insert(lane, work, rows))
  }
  const done = await engine.run(lane, work, signal)
  if (createsDatabase(statement)) await statements.refresh()
  return sendDone(exchange, done)
}

async function read(
  exchange: Exchange,
  { engine }: Executing,
  { access, signal, statement, user, work }: Execution & { signal: AbortSignal },
): Promise<void> {
  const lane = readLane(user, access)
  if (statement.select !== null) {
    const select = { ...work, format: exchange.format, sql: work.sql }
    // A caller that takes nothing holds a place that others need.
    const stallMs = user.role === 'stack' ? STACK_STALL_MS : CALLER_STALL_MS
    return engine.select(
      lane,
      select,
      (answer, rest) =>
        rest === null ? sendAnswer(exchange, answer) : sendLarge(exchange, { answer, rest, stallMs }),
      signal,
    )
  }
  const asked = work.settings.get('max_result_bytes') ?? '0'
  const bound = settleSetting('max_result_bytes', asked, String(MAX_HELD_BYTES))
  const settings = new Map([...work.settings, ['max_result_bytes', bound]])
  return sendAnswer(exchange, await engine.run(lane, { ...work, settings }, signal))
}

function readLane(user: User, access: Access): ReadLane {
  if (access !== 'full') return 'ask'
  return user.role === 'stack' ? 'serve' : 'people'
}

/** Answers as ClickHouse does, with a row for each statement of the same user that is cancelled. */
async function kill(
  exchange: Exchange,
  { engine, running }: Executing,
  { queryId, user, work }: Execution & { queryId: string },
): Promise<void> {
  const { ended, texts } = running.kill(user.name, queryId)
  const waits = /\bSYNC\b/u.test(work.sql.replace(quoteString(queryId), ''))
  if (waits) await ended
  const row = (sql: string): string =>
    `(${[waits ? 'finished' : 'waiting', queryId, user.name, sql].map((text) => quoteString(text)).join(', ')})`
  const rows = texts.length === 0 ? ' LIMIT 0' : ''
  const values = (texts.length === 0 ? [''] : texts).map((text) => row(text)).join(', ')
  const columns = "'kill_status String, query_id String, user String, query String'"
  const sql = `SELECT * FROM values(${columns}, ${values})${rows}`
  return sendAnswer(exchange, await engine.run('parse', { ...BARE_WORK, format: exchange.format, sql }))
}

/** Whether the statement makes a database, which names are checked against. */
export function createsDatabase({ sql }: Statement): boolean {
  return sql.startsWith('CREATE DATABASE ')
}

async function* noRows(): AsyncGenerator<Uint8Array> {
  // An INSERT whose rows never came: nothing is inserted, as with ClickHouse.
}
