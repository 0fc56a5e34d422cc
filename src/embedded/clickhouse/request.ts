/** A ClickHouse HTTP request, read and checked. */
import type { IncomingMessage } from 'node:http'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { Readable, Transform } from 'node:stream'

export const MAX_BODY_BYTES = 256 * 1_048_576

/** Settings a client may send; everything else is refused with code 115. */
const SETTINGS = new Set([
  'date_time_input_format',
  'date_time_output_format',
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
  'wait_end_of_query',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'enable_http_compression',
  'http_zlib_compression_level',
  'cancel_http_readonly_queries_on_client_close',
  'async_insert',
  'wait_for_async_insert',
  'readonly',
  'role',
  'compress',
  'decompress',
  'allow_experimental_object_type',
  'allow_experimental_json_type',
  'enable_json_type',
  'send_timeout',
  'receive_timeout',
  'profile',
])

const UNPACKERS = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
])

export interface RequestQuery {
  /** Statement text: URL `query`, then the body's. */
  query: string
  database: string | null
  defaultFormat: string | null
  queryId: string | null
  /** `readonly=1` or `2` in the URL. */
  readOnly: boolean
  settings: Map<string, string>
  parameters: Map<string, string>
}

export class BadParameter extends Error {
  override readonly name = 'BadParameter'
  readonly code = 115
}

/** Reads the query string. @throws {BadParameter} for a setting outside the allowlist */
export function readQuery(search: URLSearchParams): RequestQuery {
  const settings = new Map<string, string>()
  const parameters = new Map<string, string>()
  for (const [name, value] of search) {
    if (name.startsWith('param_') && /^param_\w+$/u.test(name)) parameters.set(name.slice(6), value)
    else if (SETTINGS.has(name)) settings.set(name, value)
    else if (!IGNORED.has(name) && !PROTOCOL.has(name))
      throw new BadParameter(`Setting ${name} is neither known nor allowed here`)
  }
  return {
    query: search.get('query') ?? '',
    database: search.get('database'),
    defaultFormat: search.get('default_format'),
    queryId: search.get('query_id'),
    readOnly: (search.get('readonly') ?? '0') !== '0',
    settings,
    parameters,
  }
}

const PROTOCOL = new Set(['query', 'database', 'default_format', 'query_id', 'user', 'password'])

export class BodyTooLarge extends Error {
  override readonly name = 'BodyTooLarge'
}

/** The whole body, unpacked. @throws {BodyTooLarge} above 256 MiB, packed or unpacked */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let total = 0
  for await (const chunk of unpacked(request)) {
    const bytes = Buffer.from(chunk)
    total += bytes.length
    if (total > MAX_BODY_BYTES) throw new BodyTooLarge(`the body is larger than ${MAX_BODY_BYTES} bytes`)
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

function unpacked(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return request
  const create = UNPACKERS.get(encoding)
  if (create === undefined) throw new BadParameter(`Unknown content encoding ${encoding}`)
  const unpacker = create()
  request.on('error', (error) => unpacker.destroy(error))
  return request.pipe(unpacker)
}

/** A multipart body as @clickhouse/client sends it: `query` and `param_*` fields. */
export async function readForm(request: IncomingMessage, body: Buffer): Promise<Map<string, string>> {
  const type = request.headers['content-type'] ?? ''
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  const fields = new Map<string, string>()
  for (const [name, value] of form) fields.set(name, typeof value === 'string' ? value : await value.text())
  return fields
}
