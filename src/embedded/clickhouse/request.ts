/** What the URL and the headers of a ClickHouse HTTP request ask for. */
import type { IncomingMessage } from 'node:http'
import { RefusedStatement } from './refusal.ts'
import { judgeSetting } from './settings.ts'

/** Names of the protocol itself; those of sessions, roles and quotas mean nothing here. */
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
  /** Nothing is sent before the whole answer is there. */
  waitsForEnd: boolean
  /** Revision of the native protocol a driver announces; 0 where it does not. */
  clientRevision: number
  settings: Map<string, string>
  parameters: Map<string, string>
}

/** Reads them. @throws {RefusedStatement} for a setting that is unknown or closed and for framing not spoken here */
export function readQuery(search: URLSearchParams, headers: IncomingMessage['headers']): RequestQuery {
  const settings = new Map<string, string>()
  const parameters = new Map<string, string>()
  for (const [name, value] of search) {
    if (/^param_\w+$/u.test(name)) parameters.set(name.slice(6), value)
    else if (!PROTOCOL.has(name) && judgeSetting(name) !== 'ignored') settings.set(name, value)
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
