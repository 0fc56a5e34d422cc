/** The ClickHouse HTTP protocol over the engine in this process. */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { gzip } from 'node:zlib'
import { promisify } from 'node:util'
import type { Answer, Engine, Work } from './engine.ts'
import { HttpError, sendError } from './exceptions.ts'
import { answerHello } from './hello.ts'
import { readBody, readForm, readQuery, type RequestQuery } from './request.ts'
import { readStatement, RefusedStatement, type Access, type Statement } from './statement.ts'
import { authenticate, type User } from './users.ts'

export interface ServerOptions {
  engine: Engine
  users: readonly User[]
  /** The database a request without one uses, and the only one a reader may use. */
  database: string
  tableFunctions: ReadonlySet<string>
  version: string
}

/** Bounds on what a reader's statement may take; a reader cannot change them. */
const READER_SETTINGS: readonly (readonly [string, string])[] = [
  ['max_execution_time', '30'],
  ['max_result_rows', '1000000'],
  ['max_result_bytes', '268435456'],
  ['max_memory_usage', '1073741824'],
]
const BINARY_FORMATS = new Set([
  'Native',
  'RowBinary',
  'RowBinaryWithNames',
  'RowBinaryWithNamesAndTypes',
  'Parquet',
  'Arrow',
  'ArrowStream',
])
const GZIP_FROM_BYTES = 1024
const compress = promisify(gzip)

/** Creates the server; it does not listen yet. */
export function createClickHouseServer(options: ServerOptions): Server {
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => sendError(response, error))
  })
  server.requestTimeout = 120_000
  server.keepAliveTimeout = 60_000
  return server
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://endpoint')
  if (url.pathname === '/ping' || url.pathname === '/replicas_status') return sendText(response, 'Ok.\n')
  if (url.pathname !== '/') throw new HttpError(404, 'There is no such path; statements go to /')
  if (request.method === 'GET' && !url.searchParams.has('query')) return sendText(response, 'Ok.\n')
  if (request.method !== 'GET' && request.method !== 'POST') throw new HttpError(405, 'Use GET or POST')
  const user = authenticate(request, url.searchParams, options.users)
  const query = readQuery(url.searchParams)
  const body = request.method === 'POST' ? await readBody(request) : Buffer.alloc(0)
  const { text, data } = await assemble(request, query, body)
  const clientRevision = Number(url.searchParams.get('client_protocol_version') ?? 0)
  const hello = answerHello(text, clientRevision, options.version)
  if (hello !== null) {
    response.end(hello)
    return
  }
  const access = settleAccess(request, query, user)
  const statement = readStatement(text, { access, tableFunctions: options.tableFunctions })
  const work = settleWork(statement, query, { access, database: options.database })
  const inline = Buffer.from(text.slice(statement.dataFrom).replace(/^[ \t]*\n?/u, ''))
  const result = await execute(options.engine, { statement, work, data: Buffer.concat([inline, data]) })
  await sendAnswer(request, response, { result, query, work })
}

/** As with ClickHouse, GET and `readonly` leave anyone with no more than reading. */
function settleAccess(request: IncomingMessage, query: RequestQuery, user: User): Access {
  return request.method === 'GET' || query.readOnly ? 'read' : user.access
}

/** Statement text and, where the URL holds a whole INSERT, the body as its data. */
async function assemble(
  request: IncomingMessage,
  query: RequestQuery,
  body: Buffer,
): Promise<{ text: string; data: Buffer }> {
  const none = Buffer.alloc(0)
  if (request.headers['content-type']?.startsWith('multipart/form-data') === true) {
    const fields = await readForm(request, body)
    for (const [name, value] of fields)
      if (name.startsWith('param_')) query.parameters.set(name.slice(6), value)
    return { text: fields.get('query') ?? query.query, data: none }
  }
  if (/^\s*INSERT\b/iu.test(query.query)) return { text: query.query, data: body }
  if (query.query === '') return splitInsert(body)
  return { text: body.length === 0 ? query.query : `${query.query}\n${body.toString('utf8')}`, data: none }
}

/** An INSERT sent whole in the body keeps its data as bytes; only its head is read as text. */
function splitInsert(body: Buffer): { text: string; data: Buffer } {
  const head = body.subarray(0, 65_536).toString('latin1')
  const found = /^\s*INSERT\b[\s\S]*?\bFORMAT\s+\w+[ \t]*\r?\n?/iu.exec(head)
  if (found === null) return { text: body.toString('utf8'), data: Buffer.alloc(0) }
  const end = found[0].length
  return { text: body.subarray(0, end).toString('utf8').trimEnd(), data: body.subarray(end) }
}

function settleWork(
  statement: Statement,
  query: RequestQuery,
  rules: { access: Access; database: string },
): Work {
  const database = query.database ?? rules.database
  if (rules.access === 'read' && database !== rules.database)
    throw new RefusedStatement(497, `database ${database} is not open to queries`)
  const settings = new Map(query.settings)
  if (rules.access === 'read') for (const [name, value] of READER_SETTINGS) settings.set(name, value)
  const createsDatabase = /^\s*CREATE\s+DATABASE\b/iu.test(statement.sql)
  return {
    sql: statement.sql,
    database: createsDatabase ? null : database,
    format: query.defaultFormat ?? 'TabSeparated',
    settings,
    parameters: query.parameters,
  }
}

async function execute(
  engine: Engine,
  { statement, work, data }: { statement: Statement; work: Work; data: Buffer },
): Promise<Answer> {
  if (statement.insertFormat === null) return engine.run(work)
  if (BINARY_FORMATS.has(statement.insertFormat))
    return engine.insertBlocks(work, statement.insertFormat, data)
  return engine.run({ ...work, sql: `${work.sql}\n${data.toString('utf8')}` })
}

interface Sent {
  result: Answer
  query: RequestQuery
  work: Work
}

async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { result, query, work }: Sent,
): Promise<void> {
  const summary = {
    read_rows: String(result.rowsRead),
    read_bytes: String(result.bytesRead),
    written_rows: '0',
    written_bytes: '0',
    elapsed_ns: String(Math.round(result.elapsedSeconds * 1e9)),
  }
  const format = /\bFORMAT\s+(?<name>\w+)\s*$/iu.exec(work.sql)?.groups?.['name'] ?? work.format
  response.setHeader('X-ClickHouse-Query-Id', query.queryId ?? randomUUID())
  response.setHeader('X-ClickHouse-Format', format)
  response.setHeader('X-ClickHouse-Timezone', 'UTC')
  response.setHeader('X-ClickHouse-Summary', JSON.stringify(summary))
  response.setHeader(
    'Content-Type',
    format.startsWith('JSON') ? 'application/json; charset=UTF-8' : 'text/plain; charset=UTF-8',
  )
  const accepts = request.headers['accept-encoding'] ?? ''
  if (result.bytes.length < GZIP_FROM_BYTES || !/\bgzip\b/u.test(accepts)) {
    response.end(result.bytes)
    return
  }
  response.setHeader('Content-Encoding', 'gzip')
  response.end(await compress(result.bytes))
}

function sendText(response: ServerResponse, text: string): void {
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8')
  response.end(text)
}
