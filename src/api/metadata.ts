/** What routes over the metadata need. */
import { getConnInfo } from '@hono/node-server/conninfo'
import { MetadataError } from '../errors.ts'
import type { Actor } from '../metadata/audit-log.ts'
import type { Database } from '../metadata/database.ts'
import type { CachedKeys } from '../service/keys.ts'
import type { ApiContext } from './context.ts'

/** The metadata of a service. */
export interface Metadata {
  database: Database
  keys: CachedKeys
}

/** @throws {MetadataError} for a service without metadata */
export function needMetadata(metadata: Metadata | null): Metadata {
  if (metadata !== null) return metadata
  throw new MetadataError('this service runs without metadata', {
    hint: 'Start it with `exectrail up`, which starts Postgres or uses that of DATABASE_URL.',
  })
}

/** Who sends the request, and the address that it comes from; headers of proxies are not trusted. */
export function actorOf(c: ApiContext): Actor {
  const { id, name } = c.get('key')
  return { keyId: id, name, address: getConnInfo(c).remote.address ?? null }
}
