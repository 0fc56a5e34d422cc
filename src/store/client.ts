import { text } from 'node:stream/consumers'
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client'
import { StoreError } from '../errors.ts'
import { parseExactly } from '../exact-json.ts'
import { listMigrations, readApplied } from './migrations.ts'

export interface StoreOptions {
  /** ClickHouse HTTP, http:// or https://. */
  url: string
  user: string
  password: string
  database: string
  /** The user only reads. @default false */
  readsOnly?: boolean
}

/** Values of `{name:Type}` in a statement; they are not part of its text. */
export type Parameters = Readonly<Record<string, unknown>>

/** A ClickHouse, embedded or a server. */
export interface Store {
  readonly url: string
  readonly database: string
  /** Rows of a statement as objects; 64-bit integers come as strings. @throws {StoreError} */
  query<Row>(sql: string, parameters?: Parameters): Promise<Row[]>
  /**
   * Rows and columns of a caller's read-only statement. Numbers keep all their digits, see `parseExactly`. The statement
   * ends when `signal` aborts.
   * @throws {StoreError} `query_refused` when the statement itself is the cause
   */
  queryReadOnly(sql: string, options: { maxRows: number; signal?: AbortSignal }): Promise<ReadOnlyResult>
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

export interface ReadOnlyResult {
  data: readonly Readonly<Record<string, unknown>>[]
  columns: readonly { name: string; type: string }[]
}

const REQUEST_TIMEOUT_MS = 60_000
const READ_ONLY_SECONDS = 30

/** Creates a store; it connects on the first call. */
export function createStore(options: StoreOptions): Store {
  const client = connect(options)
  const store: Store = {
    url: options.url,
    database: options.database,
    query: (sql, parameters = {}) => guard(queryRows(client, sql, parameters)),
    queryReadOnly: (sql, limits) =>
      guard(queryReadOnly(client, sql, { ...limits, readsOnly: options.readsOnly ?? false }), toCallerError),
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
    // Errors are thrown to the caller, so the driver need not log them.
    log: { level: ClickHouseLogLevel.OFF },
  })
}

async function command(client: ClickHouseClient, query: string, parameters: Parameters): Promise<void> {
  await client.command({ query, query_params: { ...parameters } })
}

/** Uses another database, because a server refuses every statement in a database that does not exist. */
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
      // Duplicates of a row have the same start time, so they are in the same partition.
      do_not_merge_across_partitions_select_final: 1,
    },
  })
  return answer.json<Row>()
}

async function queryReadOnly(
  client: ClickHouseClient,
  query: string,
  { maxRows, signal, readsOnly }: { maxRows: number; signal?: AbortSignal; readsOnly: boolean },
): Promise<ReadOnlyResult> {
  // FORMAT cannot be appended: the text may end in a comment, or not be a SELECT.
  const answer = await client.exec({
    query: query.trim().replace(/;+$/u, ''),
    decompress_response_stream: true,
    ...(signal !== undefined && { abort_signal: signal }),
    clickhouse_settings: {
      default_format: 'JSON',
      // ClickHouse refuses any change of it to a user who only reads.
      ...(readsOnly ? {} : { readonly: '1' }),
      // Hides duplicate deliveries even when the caller omits FINAL.
      final: 1,
      do_not_merge_across_partitions_select_final: 1,
      max_execution_time: READ_ONLY_SECONDS,
      max_result_rows: String(maxRows),
      result_overflow_mode: 'throw',
      // Turns an error after the first rows into an error response.
      wait_end_of_query: 1,
      output_format_json_quote_64bit_integers: 0,
      output_format_json_quote_decimals: 0,
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
  // The body of a statement without rows may be empty.
  const { data = [], meta = [] } = body.trim() === '' ? {} : parseBody(body)
  return { data, columns: meta }
}

interface JsonBody {
  data?: ReadOnlyResult['data']
  meta?: ReadOnlyResult['columns']
}

function parseBody(body: string): JsonBody {
  return parseExactly(body)
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

/** ClickHouse's error codes for temporary conditions. */
const TRANSIENT_CODES = new Set(['159', '160', '202', '209', '210', '241', '242', '243', '252', '319', '999'])

/** Hints for errors that a caller's statement causes by its size or duration. */
const CALLER_HINTS: Readonly<Record<string, string>> = {
  158: 'It reads more rows than it may: narrow the window or the filters.',
  159: `It may take ${READ_ONLY_SECONDS} s: narrow the window, filter by organization and agent, or add LIMIT.`,
  160: `It may take ${READ_ONLY_SECONDS} s: narrow the window, filter by organization and agent, or add LIMIT.`,
  241: 'It needs more memory than it may have: narrow the window, group by fewer values, leave out long columns, or add LIMIT.',
  307: 'It reads more bytes than it may: narrow the window, or select fewer columns.',
  394: 'It was cancelled; ask again.',
  396: 'It answers more than it may: add LIMIT, or group; `exectrail logs` pages through executions.',
}

/** An error that the caller's statement caused is never reported as an unavailable store. */
function toCallerError(error: unknown): StoreError {
  const code = codeOf(error)
  const hint = code === null ? undefined : CALLER_HINTS[code]
  if (hint === undefined || !(error instanceof Error)) return toStoreError(error)
  return new StoreError('query_refused', `ClickHouse: ${error.message.trim()} (code ${code})`, {
    hint,
    cause: error,
  })
}

function codeOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return /^\d+$/u.test(code) ? code : null
}

/** Checks the shape of ClickHouse's errors, because the embedded driver may have another copy of their class. */
function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const message = error instanceof Error ? error.message : String(error)
  const code = codeOf(error)
  if (code !== null && !TRANSIENT_CODES.has(code)) {
    return new StoreError('query_refused', `ClickHouse: ${message.trim()} (code ${code})`, { cause: error })
  }
  return new StoreError('store_unavailable', `ClickHouse does not serve: ${message.trim() || 'no answer'}`, {
    cause: error,
    hint: 'While `exectrail up` runs it restarts the store; `exectrail doctor` says more.',
    retryAfterMs: 1000,
  })
}
