/** What the URL and the headers of a ClickHouse HTTP request ask for. */
import type { IncomingMessage } from 'node:http'
import type { ExternalSpec } from './external.ts'
import { addSpec } from './form.ts'
import { choosePacking, type Packing } from './compression/packing.ts'
import { RefusedStatement } from './refusal.ts'
import { isSetting, judgeSetting } from './settings.ts'

/** Names of the protocol itself; those of sessions and quotas mean nothing here. */
const PROTOCOL = new Set([
  'client_protocol_version',
  'quota_key',
  'role',
  'session_id',
  'session_timeout',
  'session_check',
  'close_session',
  'stacktrace',
  'buffer_size',
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
  /** `decompress=1`: the body lies in ClickHouse's compressed blocks. */
  unpacksBlocks: boolean
  packing: Packing
  /** Revision of the native protocol a driver announces; 0 where it does not. */
  clientRevision: number
  settings: Map<string, string>
  parameters: Map<string, string>
  /** `NAME_format`, `NAME_structure` and `NAME_types` of the external tables of a form. */
  external: Map<string, ExternalSpec>
}

/** Reads them. @throws {RefusedStatement} for a setting that is unknown or closed */
export function readQuery(search: URLSearchParams, headers: IncomingMessage['headers']): RequestQuery {
  const settings = new Map<string, string>()
  const parameters = new Map<string, string>()
  const external = new Map<string, ExternalSpec>()
  const isForm = headers['content-type']?.startsWith('multipart/form-data') === true
  for (const [name, value] of search) {
    if (/^param_\w+$/u.test(name)) parameters.set(name.slice(6), value)
    else if (isForm && !isSetting(name) && addSpec(external, name, value)) continue
    else if (!PROTOCOL.has(name) && judgeSetting(name) !== 'ignored') settings.set(name, value)
  }
  checkSession(search)
  return {
    query: search.get('query') ?? '',
    database: search.get('database') ?? header(headers, 'x-clickhouse-database'),
    defaultFormat: formatName(search.get('default_format') ?? header(headers, 'x-clickhouse-format')),
    queryId: queryIdOf(search.get('query_id') ?? header(headers, 'x-clickhouse-query-id')),
    readOnly: isSet(search, 'readonly'),
    unpacksBlocks: isSet(search, 'decompress'),
    packing: choosePacking(headers, {
      compress: isSet(search, 'compress'),
      httpCompression: isSet(search, 'enable_http_compression'),
      level: levelOf(search.get('http_zlib_compression_level')),
    }),
    clientRevision: Number(search.get('client_protocol_version') ?? 0),
    settings,
    parameters,
    external,
  }
}

/** A role cannot be taken off by leaving it out, and a session keeps nothing: who counts on either is answered. */
function checkSession(search: URLSearchParams): void {
  const role = search.get('role')
  if (role !== null)
    throw new RefusedStatement(511, `There is no role ${JSON.stringify(role)}: users have no roles here`)
  if (isSet(search, 'session_check'))
    throw new RefusedStatement(
      372,
      `Session ${JSON.stringify(search.get('session_id') ?? '')} not found: sessions keep nothing here, each request stands alone`,
    )
}

function isSet(search: URLSearchParams, name: string): boolean {
  return (search.get(name) ?? '0') !== '0'
}

function levelOf(text: string | null): number | null {
  return text !== null && /^[1-9]$/u.test(text) ? Number(text) : null
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
