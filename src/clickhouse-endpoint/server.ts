/** The ClickHouse HTTP protocol over the engine in this process. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import {
  isUnframed,
  MAX_HELD_BYTES,
  sendAnswer,
  sendBytes,
  sendDone,
  sendPieces,
  type Exchange,
} from './answers.ts'
import { readIncoming, type Incoming } from './body.ts'
import type { Work } from './connection.ts'
import type { Engine } from './engine.ts'
import { sendError } from './exceptions.ts'
import { withTables } from './external.ts'
import { answerHello } from './hello.ts'
import { checkDatabase, type Access } from './names.ts'
import { denied } from './refusal.ts'
import { readQuery, type RequestQuery } from './request.ts'
import { answerRoute } from './routes.ts'
import { checkParameters, type Statement } from './statement.ts'
import type { Statements } from './statements.ts'
import { authenticate, type User } from './users.ts'

export interface ServerOptions {
  engine: Engine
  statements: Statements
  users: readonly User[]
  /** The database a request without one uses, and the only one a reader may use. */
  database: string
  version: string
}

const IDLE_MS = 300_000
/** As ClickHouse: the statement and its parameters may lie in the URL. */
const MAX_URL_BYTES = 1_048_576

/** Creates the server; it does not listen yet. */
export function createClickHouseServer(options: ServerOptions): Server {
  const server = createServer({ maxHeaderSize: MAX_URL_BYTES }, (request, response) => {
    answer(request, response, options).catch((error: unknown) => sendError(response, error))
  })
  server.requestTimeout = 120_000
  server.keepAliveTimeout = 60_000
  // A reader that takes nothing for so long holds a connection others need.
  server.setTimeout(IDLE_MS)
  return server
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://endpoint')
  response.setHeader('X-ClickHouse-Server-Display-Name', 'exectrail')
  if (answerRoute(request, response, url)) return
  const user = authenticate(request, url.searchParams, options.users)
  const query = readQuery(url.searchParams, request.headers)
  const incoming = await readIncoming(request, query)
  const hello = answerHello(incoming.text, query.clientRevision, options.version)
  if (hello !== null) return sendBytes({ request, response, packing: query.packing }, hello)
  const access = settleAccess(request, query, user)
  const statement = await options.statements.read(incoming.text, access)
  checkParameters(statement, query.parameters)
  const work = settleWork(statement, query, { access, database: options.database })
  const exchange = {
    request,
    response,
    queryId: query.queryId,
    format: statement.format ?? work.format,
    waitsForEnd: query.waitsForEnd,
    packing: query.packing,
    timezone: work.settings.get('session_timezone') ?? 'UTC',
  }
  const { tables } = incoming
  await options.engine.withFiles(
    tables.map(({ data }) => data),
    (paths) => {
      const sql = tables.length === 0 ? work.sql : withTables(work.sql, tables, paths)
      return execute(exchange, options, { access, incoming, statement, work: { ...work, sql } })
    },
  )
}

/** As with ClickHouse, GET and `readonly` leave anyone with no more than reading. */
function settleAccess(request: IncomingMessage, query: RequestQuery, user: User): Access {
  return request.method !== 'POST' || query.readOnly ? 'read' : user.access
}

function settleWork(
  statement: Statement,
  query: RequestQuery,
  rules: { access: Access; database: string },
): Work {
  const database = query.database ?? rules.database
  checkDatabase(database, rules.access, rules.database)
  return {
    sql: statement.sql,
    // The database of a migration's first request may not be there yet.
    database: createsDatabase(statement) ? null : database,
    format: query.defaultFormat ?? 'TabSeparated',
    settings: new Map([...query.settings, ...statement.settings]),
    parameters: query.parameters,
  }
}

interface Task {
  access: Access
  incoming: Incoming
  statement: Statement
  work: Work
}

async function execute(
  exchange: Exchange,
  { engine, statements }: ServerOptions,
  { access, incoming, statement, work }: Task,
): Promise<void> {
  if (statement.kind === 'kill') throw denied('KILL QUERY is not served here')
  if (statement.insert !== null) {
    const rows = incoming.rows ?? noRows()
    return sendDone(exchange, await engine.insert(work, statement.insert, rows))
  }
  if (statement.kind === 'write') {
    const done = await engine.run('write', work)
    if (createsDatabase(statement)) await statements.refresh()
    return sendDone(exchange, done)
  }
  const lane = access === 'full' ? 'serve' : 'ask'
  if (statement.streams && isUnframed(exchange.format))
    return engine.stream(lane, work, (pieces) => sendPieces(exchange, pieces))
  const settings = new Map([['max_result_bytes', String(MAX_HELD_BYTES)], ...work.settings])
  return sendAnswer(exchange, await engine.run(lane, { ...work, settings }))
}

function createsDatabase({ sql }: Statement): boolean {
  return sql.startsWith('CREATE DATABASE ')
}

async function* noRows(): AsyncGenerator<Uint8Array> {
  // An INSERT whose rows never came: nothing is inserted, as with ClickHouse.
}
