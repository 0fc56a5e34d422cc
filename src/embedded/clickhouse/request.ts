/** What the URL and the headers of a ClickHouse HTTP request ask for. */
import type { IncomingMessage } from 'node:http'
import { RefusedStatement } from './refusal.ts'

/** Settings a client may send; everything else is refused with code 115. */
const SETTINGS = new Set([
  'date_time_input_format',
  'date_time_output_format',
  'do_not_merge_across_partitions_select_final',
  'extremes',
  'input_format_null_as_default',
  'input_format_skip_unknown_fields',
  'insert_deduplication_token',
  'insert_deduplicate',
  'join_use_nulls',
  'max_block_size',
  'max_execution_time',
  'max_result_bytes',
  'max_result_rows',
  'max_threads',
  'output_format_json_quote_64bit_integers',
  'output_format_json_quote_denormals',
  'output_format_json_quote_decimals',
  'result_overflow_mode',
  'final',
  'max_rows_to_read',
  'max_bytes_to_read',
  'max_memory_usage',
  'optimize_skip_unused_shards',
])
/** Parameters of the protocol and settings of drivers that mean nothing to an engine without a network. */
const IGNORED = new Set([
  'client_protocol_version',
  'quota_key',
  'session_id',
  'session_timeout',
  'session_check',
  'buffer_size',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'enable_http_compression',
  'http_zlib_compression_level',
  'cancel_http_readonly_queries_on_client_close',
  'async_insert',
  'wait_for_async_insert',
  'readonly',
  'role',
  'allow_experimental_object_type',
  'allow_experimental_json_type',
  'enable_json_type',
  'send_timeout',
  'receive_timeout',
  'profile',
])

/** Names that the protocol itself gives a meaning here. */
const PROTOCOL = new Set([
  'query',
  'database',
  'default_format',
  'query_id',
  'user',
  'password',
  'wait_end_of_query',
  'compress',
  'decompress',
])

export interface RequestQuery {
  /** Statement text of the URL, '' where the body has it. */
  query: string
  database: string | null
  defaultFormat: string | null
  queryId: string | null
  /** `readonly=1` or `2` in the URL. */
  readOnly: boolean
  /** Nothing is sent before the whole answer is there. */
  waitsForEnd: boolean
  /** Revision of the native protocol a driver announces; 0 where it does not. */
  clientRevision: number
  settings: Map<string, string>
  parameters: Map<string, string>
}

/** Reads them. @throws {RefusedStatement} for a setting outside the allowlist and for framing not spoken here */
export function readQuery(search: URLSearchParams, headers: IncomingMessage['headers']): RequestQuery {
  const settings = new Map<string, string>()
  const parameters = new Map<string, string>()
  for (const [name, value] of search) {
    if (/^param_\w+$/u.test(name)) parameters.set(name.slice(6), value)
    else if (SETTINGS.has(name)) settings.set(name, value)
    else if (!IGNORED.has(name) && !PROTOCOL.has(name))
      throw new RefusedStatement(115, `Setting ${name} is neither known nor allowed here`)
  }
  const framed = ['compress', 'decompress'].find((name) => isSet(search, name))
  if (framed !== undefined)
    throw new RefusedStatement(
      48,
      `${framed}=1 is not implemented here; use HTTP's own gzip or no compression`,
    )
  return {
    query: search.get('query') ?? '',
    database: search.get('database') ?? header(headers, 'x-clickhouse-database'),
    defaultFormat: formatName(search.get('default_format') ?? header(headers, 'x-clickhouse-format')),
    queryId: queryIdOf(search.get('query_id') ?? header(headers, 'x-clickhouse-query-id')),
    readOnly: isSet(search, 'readonly'),
    waitsForEnd: isSet(search, 'wait_end_of_query'),
    clientRevision: Number(search.get('client_protocol_version') ?? 0),
    settings,
    parameters,
  }
}

function isSet(search: URLSearchParams, name: string): boolean {
  return (search.get(name) ?? '0') !== '0'
}

function header(headers: IncomingMessage['headers'], name: string): string | null {
  const value = headers[name]
  return typeof value === 'string' ? value : null
}

function queryIdOf(id: string | null): string | null {
  if (id === null || /^[ -~]{0,256}$/u.test(id)) return id
  throw new RefusedStatement(36, 'A query_id has at most 256 printable ASCII characters')
}

function formatName(name: string | null): string | null {
  if (name === null || /^\w{1,64}$/u.test(name)) return name
  throw new RefusedStatement(73, `Unknown format ${JSON.stringify(name)}`)
}
