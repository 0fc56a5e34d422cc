import { text } from 'node:stream/consumers'
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client'
import { StoreError } from '../errors.ts'
import { listMigrations, readApplied } from './migrate.ts'

export interface StoreOptions {
  /** ClickHouse HTTP, http:// or https://. */
  url: string
  user: string
  password: string
  database: string
}

/** Values of `{name:Type}` in a statement; they never enter its text. */
export type Parameters = Readonly<Record<string, unknown>>

/** One ClickHouse, embedded or a server; both speak ClickHouse HTTP. */
export interface Store {
  readonly url: string
  readonly database: string
  /** Rows of a statement as objects; 64-bit integers come as strings. @throws {StoreError} */
  query<Row>(sql: string, parameters?: Parameters): Promise<Row[]>
  /** Rows and columns of a caller's statement, with no more than read rights. @throws {StoreError} */
  queryReadOnly(sql: string, limits: { maxRows: number }): Promise<ReadOnlyAnswer>
  /** A statement without an answer. @throws {StoreError} */
  command(sql: string, parameters?: Parameters): Promise<void>
  /** Makes the store's database where it is missing. @throws {StoreError} */
  createDatabase(): Promise<void>
  /** @throws {StoreError} `store_unavailable` when it does not answer */
  ping(): Promise<void>
  /** Names of migrations not yet applied. */
  pendingMigrations(): Promise<string[]>
  close(): Promise<void>
}

export interface ReadOnlyAnswer {
  data: readonly Readonly<Record<string, unknown>>[]
  columns: readonly { name: string; type: string }[]
}

const REQUEST_TIMEOUT_MS = 60_000
const READ_ONLY_SECONDS = 30

/** Opens a store; nothing is sent before the first call. */
export function createStore(options: StoreOptions): Store {
  const client = connect(options)
  const store: Store = {
    url: options.url,
    database: options.database,
    query: (sql, parameters = {}) => guard(queryRows(client, sql, parameters)),
    queryReadOnly: (sql, limits) => guard(queryReadOnly(client, sql, limits)),
    command: (sql, parameters = {}) => guard(command(client, sql, parameters)),
    createDatabase: () => guard(createDatabase(options)),
    ping: () => guard(ping(client)),
    async pendingMigrations() {
      const applied = new Set(await readApplied(store))
      return (await listMigrations()).map(({ name }) => name).filter((name) => !applied.has(name))
    },
    close: () => client.close(),
  }
  return store
}

function connect(options: StoreOptions): ClickHouseClient {
  return createClient({
    url: options.url,
    username: options.user,
    password: options.password,
    database: options.database,
    application: 'exectrail',
    request_timeout: REQUEST_TIMEOUT_MS,
    compression: { response: true, request: false },
    // What goes wrong is thrown to the caller; the driver's own lines would say it twice.
    log: { level: ClickHouseLogLevel.OFF },
  })
}

async function command(client: ClickHouseClient, query: string, parameters: Parameters): Promise<void> {
  await client.command({ query, query_params: { ...parameters } })
}

/** A server refuses every statement in a database it does not have, so this one is asked elsewhere. */
async function createDatabase(options: StoreOptions): Promise<void> {
  const client = connect({ ...options, database: 'default' })
  try {
    const name = options.database.replaceAll('\\', '\\\\').replaceAll('`', '\\`')
    await command(client, `CREATE DATABASE IF NOT EXISTS \`${name}\``, {})
  } finally {
    await client.close()
  }
}

async function queryRows<Row>(
  client: ClickHouseClient,
  query: string,
  parameters: Parameters,
): Promise<Row[]> {
  const answer = await client.query({
    query,
    query_params: { ...parameters },
    format: 'JSONEachRow',
    clickhouse_settings: {
      output_format_json_quote_64bit_integers: 1,
      // Copies of a row share its start, which is in the key, and so its partition.
      do_not_merge_across_partitions_select_final: 1,
    },
  })
  return answer.json<Row>()
}

async function queryReadOnly(
  client: ClickHouseClient,
  query: string,
  limits: { maxRows: number },
): Promise<ReadOnlyAnswer> {
  // No FORMAT is written behind a caller's text, which may end in a comment or be no SELECT.
  const answer = await client.exec({
    query: query.trim().replace(/;+$/u, ''),
    decompress_response_stream: true,
    clickhouse_settings: {
      default_format: 'JSON',
      readonly: '1',
      // A second delivery must not show, whether or not the caller thought of FINAL.
      final: 1,
      do_not_merge_across_partitions_select_final: 1,
      max_execution_time: READ_ONLY_SECONDS,
      max_result_rows: String(limits.maxRows),
      result_overflow_mode: 'throw',
      output_format_json_quote_64bit_integers: 0,
    },
  })
  const body = await text(answer.stream)
  const format = answer.response_headers['x-clickhouse-format']
  if (format !== undefined && format !== 'JSON') {
    throw new StoreError(
      'query_refused',
      `An answer is JSON here, and the statement asks for ${String(format)}`,
      {
        hint: 'Leave out FORMAT; ClickHouse HTTP, whose URL is in endpoints.json, answers in every format.',
      },
    )
  }
  // A statement without rows, such as SHOW of nothing, may answer nothing at all.
  const { data = [], meta = [] } = body === '' ? {} : readAnswer(body)
  return { data, columns: meta }
}

function readAnswer(body: string): { data?: ReadOnlyAnswer['data']; meta?: ReadOnlyAnswer['columns'] } {
  return JSON.parse(body)
}

async function ping(client: ClickHouseClient): Promise<void> {
  const answer = await client.ping()
  if (!answer.success) throw answer.error
}

async function guard<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw toStoreError(error)
  }
}

/** ClickHouse's own codes that mean: not now, rather than: not so. */
const TRANSIENT_CODES = new Set(['159', '160', '202', '209', '210', '241', '242', '243', '252', '319', '999'])

/** ClickHouse's errors are told by shape: the embedded driver may hold a copy of their class. */
function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : null
  if (code !== null && /^\d+$/u.test(code) && !TRANSIENT_CODES.has(code)) {
    return new StoreError('query_refused', `ClickHouse: ${message.trim()} (code ${code})`, { cause: error })
  }
  return new StoreError('store_unavailable', `ClickHouse does not serve: ${message.trim() || 'no answer'}`, {
    cause: error,
    hint: 'While `exectrail up` runs it restarts the store; `exectrail doctor` says more.',
    retryAfterMs: 1000,
  })
}
