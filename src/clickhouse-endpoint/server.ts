/** The ClickHouse HTTP protocol over the engine in this process. */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { sendBytes, type Exchange } from './responses.ts'
import { readRequestBody, type RequestBody } from './request-body.ts'
import { CALLER_DATABASE, ROWS_SETTING, takeRows } from './caller-rows.ts'
import type { CallerViews } from './caller-views.ts'
import type { EngineQuery } from './connection.ts'
import type { Engine } from './engine.ts'
import { HttpError, sendError } from './exceptions.ts'
import { createsDatabase, execute, type StatementRun } from './execute.ts'
import { withTables } from './external-tables.ts'
import { answerHandshake } from './driver-handshake.ts'
import { checkDatabase, type Access } from './database-access.ts'
import { limitPipelining } from './pipelining.ts'
import { checkReadOnly, readOnlyOf, type ReadOnly } from './read-only.ts'
import { readRequestParameters, type RequestParameters } from './request-parameters.ts'
import { answerRoute } from './routes.ts'
import { trackRunningQueries, type RunningQueries } from './running-queries.ts'
import { denied } from './refusal.ts'
import { checkParameters, type Statement } from './statement-policy.ts'
import type { ParsePool, StatementParser } from './statement-parser.ts'
import { authenticate, type User } from './users.ts'

export interface ServerOptions {
  engine: Engine
  parser: StatementParser
  callerViews: CallerViews
  users: readonly User[]
  /** The database a request without one uses, and the only one a reader may use. */
  database: string
  version: string
}

const IDLE_MS = 300_000
/** A client that sends its headers or its body more slowly gets a 408. */
const TIMEOUTS = {
  headersTimeout: 20_000,
  requestTimeout: 120_000,
  keepAliveTimeout: 60_000,
  connectionsCheckingInterval: 5_000,
}
/** As in ClickHouse: the URL may hold the statement and its parameters. */
const MAX_URL_BYTES = 1_048_576

/** Creates the server; it does not listen yet. */
export function createClickHouseServer(options: ServerOptions): Server {
  const context = { ...options, running: trackRunningQueries() }
  const server = createServer({ ...TIMEOUTS, maxHeaderSize: MAX_URL_BYTES })
  limitPipelining(server)
  server.on('request', (request, response) => {
    if (request.socket.destroyed) return
    answer(request, response, context).catch((error: unknown) => sendError(response, error))
  })
  // A client that reads nothing for so long would occupy a connection that others need.
  server.setTimeout(IDLE_MS)
  return server
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions & { running: RunningQueries },
): Promise<void> {
  const url = readTarget(request.url ?? '/')
  response.setHeader('X-ClickHouse-Server-Display-Name', 'exectrail')
  if (answerRoute(request, response, url)) return
  const user = authenticate(request, url.searchParams, options.users)
  const rows = user.access === 'caller' ? takeRows(url.searchParams) : null
  const parameters = readRequestParameters(url.searchParams, request.headers)
  const body = await readRequestBody(request, parameters)
  const hello = answerHandshake(body.text, parameters.clientRevision, options.version)
  if (hello !== null) return sendBytes({ request, response, compression: parameters.compression }, hello)
  const level = readOnlyOf(givenLevel(request, user), parameters.readOnly)
  const access = accessOf(user, level)
  const statement = await options.parser.parse(body.text, access, parsePool(user, access))
  checkReadOnly(level, statement)
  nameIgnored(response, [...parameters.ignored, ...statement.ignored])
  checkParameters(statement, parameters.parameters)
  const asked = buildQuery(statement, parameters, { access, database: options.database })
  const query = rows === null ? asked : await forCaller(asked, rows, body, options.callerViews)
  const exchange = {
    request,
    response,
    queryId: parameters.queryId ?? randomUUID(),
    format: statement.format ?? query.format,
    compression: parameters.compression,
    timezone: query.settings.get('session_timezone') ?? 'UTC',
  }
  const run = { access, body, statement, text: body.text.trim(), user, query }
  await executeWithFiles(exchange, options, run)
}

/** Runs the statement with its external tables in files. */
async function executeWithFiles(
  exchange: Exchange,
  options: ServerOptions & { running: RunningQueries },
  run: StatementRun,
): Promise<void> {
  const { tables } = run.body
  const asked = run.statement.select ?? run.query.sql
  await options.engine.withFiles(
    tables.map(({ data }) => data),
    (paths) => {
      const sql = tables.length === 0 ? asked : withTables(asked, tables, paths)
      return execute(exchange, options, { ...run, query: { ...run.query, sql } })
    },
  )
}

/** @throws {HttpError} 400 for a target that is no URL */
function readTarget(target: string): URL {
  const url = URL.parse(target, 'http://endpoint')
  if (url === null) throw new HttpError(400, 'The target of the request is no URL')
  return url
}

/** Statements that the service runs for callers, with `readonly=1`, use the pool of users. */
function parsePool(user: User, access: Access): ParsePool {
  return user.role === 'internal' && access === 'full' ? 'internalRead' : 'parse'
}

/** GET restricts every user to reading, as in ClickHouse. */
function givenLevel(request: IncomingMessage, user: User): ReadOnly {
  return request.method !== 'POST' || user.access !== 'full' ? '2' : '0'
}

function accessOf(user: User, level: ReadOnly): Access {
  if (user.access === 'caller') return 'caller'
  return level === '0' ? 'full' : 'read'
}

/** The statement in the database of callers' views, over the rows of `rows`. */
async function forCaller(
  query: EngineQuery,
  rows: string,
  { tables }: RequestBody,
  views: CallerViews,
): Promise<EngineQuery> {
  if (tables.length > 0) throw denied('external tables are not open to this key')
  await views.ensure()
  return { ...query, database: CALLER_DATABASE, settings: new Map([...query.settings, [ROWS_SETTING, rows]]) }
}

/** Settings that a response header names at most. */
const MAX_NAMED = 50

/** Names the settings without effect in a response header, so that none is dropped silently. */
function nameIgnored(response: ServerResponse, ignored: readonly string[]): void {
  const names = [...new Set(ignored)]
  if (names.length === 0) return
  const more = names.length > MAX_NAMED ? [`and ${names.length - MAX_NAMED} more`] : []
  response.setHeader('X-Exectrail-Ignored-Settings', [...names.slice(0, MAX_NAMED), ...more].join(', '))
}

function buildQuery(
  statement: Statement,
  parameters: RequestParameters,
  rules: { access: Access; database: string },
): EngineQuery {
  const database = parameters.database ?? rules.database
  checkDatabase(database, rules.access, rules.database)
  if (database === 'system' && /\bprocesses\b/u.test(statement.sql))
    throw denied('write system.processes with the name of its database')
  return {
    sql: statement.sql,
    // The first request of a migration creates this database.
    database: createsDatabase(statement) ? null : database,
    format: parameters.defaultFormat ?? 'TabSeparated',
    settings: withoutDefaults([...parameters.settings, ...statement.settings]),
    parameters: parameters.parameters,
  }
}

/** The last value of each; null restores the default. */
function withoutDefaults(settings: readonly [string, string | null][]): Map<string, string> {
  return new Map([...new Map(settings)].flatMap(([name, value]) => (value === null ? [] : [[name, value]])))
}
