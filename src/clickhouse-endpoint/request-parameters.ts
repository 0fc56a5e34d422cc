/** Parameters of a ClickHouse HTTP request, from its URL and headers. */
import type { IncomingMessage } from 'node:http'
import { addSpec, type ExternalSpec } from './external-tables.ts'
import { chooseCompression, type ResponseCompression } from './compression/response-compression.ts'
import { RefusedStatement } from './refusal.ts'
import { isSetting, checkSetting } from './settings.ts'

/** Parameters of the protocol rather than settings. */
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

/** Those without effect here: there are no quotas, and stack traces of the engine are not sent. */
const WITHOUT_EFFECT = new Set(['quota_key', 'stacktrace'])

export interface RequestParameters {
  /** The statement in the URL, '' when it is in the body. */
  query: string
  database: string | null
  defaultFormat: string | null
  queryId: string | null
  /** Values of `readonly`. */
  readOnly: readonly string[]
  /** `decompress=1`: the body is in ClickHouse's compressed blocks. */
  decompressesBlocks: boolean
  compression: ResponseCompression
  /** Revision of the native protocol that a driver announces; 0 without one. */
  clientRevision: number
  settings: Map<string, string>
  /** Names of settings and parameters without effect. */
  ignored: readonly string[]
  parameters: Map<string, string>
  /** `NAME_format`, `NAME_structure` and `NAME_types` of the external tables of a form. */
  external: Map<string, ExternalSpec>
}

/** @throws {RefusedStatement} for a setting that is unknown or closed */
export function readRequestParameters(
  search: URLSearchParams,
  headers: IncomingMessage['headers'],
): RequestParameters {
  const settings = new Map<string, string>()
  const ignored = [...search.keys()].filter((name) => WITHOUT_EFFECT.has(name))
  const parameters = new Map<string, string>()
  const external = new Map<string, ExternalSpec>()
  const isForm = headers['content-type']?.startsWith('multipart/form-data') === true
  for (const [name, value] of search) {
    if (/^param_\w+$/u.test(name)) parameters.set(name.slice(6), value)
    else if (isForm && !isSetting(name) && addSpec(external, name, value)) continue
    else if (!PROTOCOL.has(name)) addSetting(name, value, { settings, ignored })
  }
  checkSession(search)
  return {
    query: search.get('query') ?? '',
    database: search.get('database') ?? header(headers, 'x-clickhouse-database'),
    defaultFormat: formatName(search.get('default_format') ?? header(headers, 'x-clickhouse-format')),
    queryId: queryIdOf(search.get('query_id') ?? header(headers, 'x-clickhouse-query-id')),
    readOnly: search.getAll('readonly'),
    decompressesBlocks: isSet(search, 'decompress'),
    compression: chooseCompression(headers, {
      compress: isSet(search, 'compress'),
      httpCompression: isSet(search, 'enable_http_compression'),
      level: levelOf(search.get('http_zlib_compression_level')),
    }),
    clientRevision: Number(search.get('client_protocol_version') ?? 0),
    settings,
    ignored,
    parameters,
    external,
  }
}

function addSetting(
  name: string,
  value: string,
  { ignored, settings }: { settings: Map<string, string>; ignored: string[] },
): void {
  const policy = checkSetting(name, value)
  if (policy === 'ignored') ignored.push(name)
  else if (policy !== 'served') settings.set(name, value)
}

/** Refuses roles and session checks, because a client that relies on them would be misled. */
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
  if (id === null || id === '') return null
  if (/^[ -~]{1,256}$/u.test(id)) return id
  throw new RefusedStatement(36, 'A query_id has at most 256 printable ASCII characters')
}

function formatName(name: string | null): string | null {
  if (name === null || /^\w{1,64}$/u.test(name)) return name
  throw new RefusedStatement(73, `Unknown format ${JSON.stringify(name)}`)
}
