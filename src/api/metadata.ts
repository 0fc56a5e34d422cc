/** What routes over the metadata need. */
import { getConnInfo } from '@hono/node-server/conninfo'
import { ExectrailError } from '../errors.ts'
import type { Caller } from '../metadata/audit-log.ts'
import type { Database } from '../metadata/database.ts'
import type { CachedKeys } from '../service/keys.ts'
import { scopeOf } from './auth.ts'
import type { ApiContext } from './context.ts'

/** The metadata of a service. */
export interface Metadata {
  database: Database
  keys: CachedKeys
}

/** @throws {ExectrailError} `not_found` for a service without metadata, which does not serve the route */
export function needMetadata(metadata: Metadata | null): Metadata {
  if (metadata !== null) return metadata
  throw new ExectrailError('not_found', 'this service runs without metadata and has nothing here', {
    hint: 'Start it with `exectrail up`, which starts Postgres or uses that of DATABASE_URL.',
  })
}

/**
 * Who sends the request, with the address that it comes from (headers of proxies are not trusted), and what they may change.
 * @param organization narrows an administrator's key
 * @throws {ExectrailError} `forbidden` when a bound key names another organization
 */
export function callerOf(c: ApiContext, organization?: string): Caller {
  const { id, name } = c.get('key')
  const address = getConnInfo(c).remote.address ?? null
  return { scope: scopeOf(c, organization), actor: { keyId: id, name, address } }
}
