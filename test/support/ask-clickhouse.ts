/** Asks a store over HTTP, as curl or the official client does. */
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client'
import { CALLER, CALLER_PASSWORD, PASSWORD, READER, READER_PASSWORD, USER } from './store-users.ts'

interface Asked {
  url: string
}

/** Credentials as ClickHouse's headers. */
export function keyOf(access: 'full' | 'read' | 'caller'): Record<string, string> {
  if (access === 'caller') return { 'X-ClickHouse-User': CALLER, 'X-ClickHouse-Key': CALLER_PASSWORD }
  return access === 'full'
    ? { 'X-ClickHouse-User': USER, 'X-ClickHouse-Key': PASSWORD }
    : { 'X-ClickHouse-User': READER, 'X-ClickHouse-Key': READER_PASSWORD }
}

/** Asks as curl does: `search` in the URL, with the full user's credentials unless `headers` are given. */
export function askClickHouse(
  clickhouse: Asked,
  search: Readonly<Record<string, string>>,
  init: Omit<RequestInit, 'headers'> & { headers?: Readonly<Record<string, string>> } = {},
): Promise<Response> {
  const { headers = keyOf('full'), ...rest } = init
  return fetch(`${clickhouse.url}/?${new URLSearchParams(search).toString()}`, { ...rest, headers })
}

/** As `askClickHouse` with the full user's credentials, whatever other headers are given. */
export function askAsFull(
  clickhouse: Asked,
  search: Readonly<Record<string, string>>,
  init: Omit<RequestInit, 'headers'> & { headers?: Readonly<Record<string, string>> } = {},
): Promise<Response> {
  return askClickHouse(clickhouse, search, { ...init, headers: { ...keyOf('full'), ...init.headers } })
}

/** The official client, as the full user. */
export function clientOf({ url }: Asked): ClickHouseClient {
  return createClient({
    url,
    username: USER,
    password: PASSWORD,
    database: 'exectrail',
    log: { level: ClickHouseLogLevel.OFF },
  })
}
