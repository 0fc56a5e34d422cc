/** The ClickHouse HTTP protocol over the engine in this process. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { sendBytes } from './answers.ts'
import { readIncoming } from './body.ts'
import type { Work } from './connection.ts'
import type { Engine } from './engine.ts'
import { sendError } from './exceptions.ts'
import { createsDatabase, execute, type Execution } from './execute.ts'
import { withTables } from './external.ts'
import { answerHello } from './hello.ts'
import { checkDatabase, type Access } from './names.ts'
import { readQuery, type RequestQuery } from './request.ts'
import { answerRoute } from './routes.ts'
import { watchRunning, type Running } from './running.ts'
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
  const parts = { ...options, running: watchRunning() }
  const server = createServer({ maxHeaderSize: MAX_URL_BYTES }, (request, response) => {
    answer(request, response, parts).catch((error: unknown) => sendError(response, error))
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
  options: ServerOptions & { running: Running },
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
  const statement = await options.statements.read(incoming.text, access, parseLane(user, access))
  checkParameters(statement, query.parameters)
  const work = settleWork(statement, query, { access, database: options.database })
  const exchange = {
    request,
    response,
    queryId: query.queryId,
    format: statement.format ?? work.format,
    packing: query.packing,
    timezone: work.settings.get('session_timezone') ?? 'UTC',
  }
  const { tables } = incoming
  await options.engine.withFiles(
    tables.map(({ data }) => data),
    (paths) => {
      const asked = statement.select ?? work.sql
      const sql = tables.length === 0 ? asked : withTables(asked, tables, paths)
      const execution: Execution = { access, incoming, statement, user, work: { ...work, sql } }
      return execute(exchange, options, execution)
    },
  )
}

/** What the service asks for callers, with `readonly=1`, waits with callers' statements. */
function parseLane(user: User, access: Access): 'serve' | 'parse' {
  return user.role === 'stack' && access === 'full' ? 'serve' : 'parse'
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
