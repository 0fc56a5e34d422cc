import {
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
} from '@clickhouse/client'
import type { Tenant, Window } from './scope.ts'
import { callerStatementReader } from './caller-statement.ts'
import { questionSignal } from './question.ts'
import {
  isConnectionLost,
  READ_ONLY_SECONDS,
  toQuestionError,
  toBoundError,
  toCallerError,
  toStoreError,
} from './store-errors.ts'
import { statementsFor } from './cluster.ts'
import { listMigrations, readApplied } from './migrations.ts'
import { insertRows } from './insert-rows.ts'
import { queryReadOnly } from './read-only-query.ts'
import { streamResult } from './result-stream.ts'

export interface StoreOptions {
  /** ClickHouse HTTP, http:// or https://. */
  url: string
  user: string
  password: string
  database: string
  /** Name of the cluster whose servers have the tables. @default null, one server */
  cluster?: string | null
  /** The user only reads. @default false */
  readsOnly?: boolean
  /** Read callers' statements before they are sent: for a server, which does not do it itself. @default false */
  readsCallers?: boolean
}

/** Values of `{name:Type}` in a statement; they are not part of its text. */
export type Parameters = Readonly<Record<string, unknown>>

export type StreamFormat = 'JSONEachRow' | 'CSVWithNames' | 'Parquet' | 'Native'

export interface StreamOptions {
  parameters: Parameters
  format: StreamFormat
  /** Ends the statement in the store. */
  signal: AbortSignal
}

/** A ClickHouse, embedded or a server. */
export interface Store {
  readonly url: string
  readonly database: string
  /** Name of the cluster; null for one server. */
  readonly cluster: string | null
  /**
   * Rows of a statement as objects; 64-bit integers come as strings. It is sent a second time where the connection breaks
   * before the answer, as when the store restarts. @throws {StoreError}
   */
  query<Row>(sql: string, parameters?: Parameters): Promise<Row[]>
  /**
   * Rows and columns of a caller's read-only statement. Numbers keep all their digits, see `parseExactly`. The statement
   * ends when `signal` aborts.
   * @throws {StoreError} `query_refused` when the statement itself is the cause
   */
  queryReadOnly(sql: string, options: ReadOnlyOptions): Promise<ReadOnlyResult>
  /** The bytes of a result of any size; see `streamResult`. @throws {StoreError} for the statement itself */
  stream(sql: string, options: StreamOptions): Promise<AsyncIterable<Uint8Array>>
  /** Inserts rows in ClickHouse's Native format. @param sql INSERT with the columns, without FORMAT @throws {StoreError} */
  insert(sql: string, rows: AsyncIterable<Uint8Array>): Promise<void>
  /** A statement without a result. @throws {StoreError} */
  command(sql: string, parameters?: Parameters): Promise<void>
  /** Creates the store's database if it does not exist. @throws {StoreError} */
  createDatabase(): Promise<void>
  /** @throws {StoreError} `store_unavailable` when it does not answer */
  ping(): Promise<void>
  /** Names of migrations not yet applied. */
  pendingMigrations(): Promise<string[]>
  close(): Promise<void>
}

export interface ReadOnlyOptions {
  maxRows: number
  /** The only rows it may read. Takes a user of callers' SQL, see clickhouse/callers.sql. @default all */
  rows?: { tenant: Tenant; window: Window } | undefined
  signal?: AbortSignal | undefined
}

export interface ReadOnlyResult {
  data: readonly Readonly<Record<string, unknown>>[]
  columns: readonly { name: string; type: string }[]
}

const REQUEST_TIMEOUT_MS = 60_000
/** For results of any size: the embedded engine has the whole one before it sends its first byte. */
const STREAM_TIMEOUT_MS = 600_000

/** Creates a store; it connects on the first call. */
export function createStore(options: StoreOptions): Store {
  const client = connect(options)
  const streaming = connect(options, { request_timeout: STREAM_TIMEOUT_MS, compression: {} })
  const readCallers = callerStatementReader((sql, parameters = {}) =>
    queryRows<{ name: string }>(client, sql, { parameters, signal: null }),
  )
  const store: Store = {
    url: options.url,
    database: options.database,
    cluster: options.cluster ?? null,
    query: (sql, parameters = {}) => {
      const signal = questionSignal()
      const rows = askTwice(() => queryRows<never>(client, sql, { parameters, signal }))
      return signal === null ? guard(rows) : guard(rows, (error) => toQuestionError(error, signal))
    },
    queryReadOnly: async (sql, limits) => {
      const toError = limits.rows === undefined ? toCallerError : toBoundError
      const isRead = limits.rows !== undefined && options.readsCallers === true
      const statement = isRead ? await guard(readCallers(sql), toError) : sql
      const readsOnly = options.readsOnly ?? false
      return guard(queryReadOnly(client, statement, { ...limits, readsOnly }), toError)
    },
    stream: (sql, asked) => guard(streamResult(streaming, sql, asked), toCallerError),
    insert: (sql, rows) => guard(insertRows(streaming, sql, rows)),
    command: (sql, parameters = {}) => guard(command(client, sql, parameters)),
    createDatabase: () => guard(createDatabase(options)),
    ping: () => guard(ping(client)),
    async pendingMigrations() {
      const applied = new Set(await readApplied(store))
      return (await listMigrations()).map(({ name }) => name).filter((name) => !applied.has(name))
    },
    async close() {
      await Promise.all([client.close(), streaming.close()])
    },
  }
  return store
}

function connect(options: StoreOptions, change: ClickHouseClientConfigOptions = {}): ClickHouseClient {
  return createClient({
    url: options.url,
    username: options.user,
    password: options.password,
    database: options.database,
    application: 'exectrail',
    request_timeout: REQUEST_TIMEOUT_MS,
    compression: { response: !isLoopback(options.url), request: false },
    // Errors are thrown to the caller, so the driver need not log them.
    log: { level: ClickHouseLogLevel.OFF },
    ...change,
  })
}

/** On this machine compression costs both ends more than the bytes it saves. */
function isLoopback(url: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/u.test(new URL(url).hostname)
}

async function command(client: ClickHouseClient, query: string, parameters: Parameters): Promise<void> {
  await client.command({ query, query_params: { ...parameters } })
}

/** Uses another database, because a server refuses every statement in a database that does not exist. */
async function createDatabase(options: StoreOptions): Promise<void> {
  const client = connect({ ...options, database: 'default' })
  try {
    const name = options.database.replaceAll('\\', '\\\\').replaceAll('`', '\\`')
    const create = `CREATE DATABASE IF NOT EXISTS \`${name}\``
    for (const statement of statementsFor(create, options.cluster ?? null))
      await command(client, statement, {})
  } finally {
    await client.close()
  }
}

/** Of each statement of a question; beyond them it is refused with what to narrow. */
const QUESTION_LIMITS = {
  max_execution_time: READ_ONLY_SECONDS,
  max_memory_usage: '2147483648',
  max_rows_to_read: '4000000000',
}

async function queryRows<Row>(
  client: ClickHouseClient,
  query: string,
  { parameters, signal }: { parameters: Parameters; signal: AbortSignal | null },
): Promise<Row[]> {
  const answer = await client.query({
    query,
    query_params: { ...parameters },
    format: 'JSONEachRow',
    ...(signal !== null && { abort_signal: signal }),
    clickhouse_settings: {
      ...(signal !== null && QUESTION_LIMITS),
      output_format_json_quote_64bit_integers: 1,
      // Duplicates of a row have the same start time, so they are in the same partition.
      do_not_merge_across_partitions_select_final: 1,
    },
  })
  return answer.json<Row>()
}

async function askTwice<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!isConnectionLost(error)) throw error
    return ask()
  }
}

async function ping(client: ClickHouseClient): Promise<void> {
  const answer = await client.ping()
  if (!answer.success) throw answer.error
}

async function guard<T>(work: Promise<T>, toError = toStoreError): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw toError(error)
  }
}
