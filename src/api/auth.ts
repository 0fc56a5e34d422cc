/** Authentication. A key comes in `Authorization: Bearer` or in the cookie that signing in sets. */
import type { MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { ExectrailError } from '../errors.ts'
import { permits, type KeyScope } from '../metadata/key-scopes.ts'
import type { KeyStore } from '../service/keys.ts'
import type { Scope } from '../store/scope.ts'
import type { ApiContext, ApiEnv } from './context.ts'

const OPEN_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/v1/links'])
const SECRET_MAX = 512
const KEY_HINT = 'Send the header `Authorization: Bearer <key>`. In a browser, sign in at `/`.'

/** Requires a known key, except for the health endpoints and for links, which are signed. */
export function requireKey(keys: KeyStore): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (OPEN_PATHS.has(c.req.path)) return next()
    const credentials = readSecret(c)
    if (credentials === null) throw unauthorized('no API key came with the request')
    const key = await findKey(keys, credentials.secret)
    if (key === null) throw unauthorized('the API key is not known here')
    if (credentials.from === 'cookie') rejectForeignOrigin(c)
    c.set('key', key)
    c.set('keyHolds', () =>
      findKey(keys, credentials.secret).then(
        (found) => found !== null,
        () => false,
      ),
    )
    return next()
  }
}

/**
 * Requires a scope of the request's key.
 * @throws {ExectrailError} `forbidden` with the scope that is needed
 */
export function requireScope(c: ApiContext, needed: KeyScope): void {
  const { name, scopes } = c.get('key')
  if (permits(scopes, needed)) return
  const has = scopes.length === 0 ? 'none' : scopes.join(', ')
  const message = `this needs a key with the scope ${needed}; the key ${JSON.stringify(name)} has: ${has}`
  throw new ExectrailError('forbidden', message, {
    hint: `An administrator makes one: exectrail key create --scope ${needed}`,
  })
}

/**
 * The rows that the request may see: for an administrator all, or one organization; for other keys their own.
 * @throws {ExectrailError} `forbidden` when a bound key requests another organization
 */
export function scopeOf(c: ApiContext, organization: string | undefined): Scope {
  const { scope } = c.get('key')
  if (scope === 'all') return organization === undefined ? 'all' : { organizationId: organization }
  if (organization === undefined || organization === scope.organizationId) return scope
  throw new ExectrailError('forbidden', 'this key is bound to another organization', {
    hint: 'Leave `organization` out, or use a key of that organization.',
  })
}

/** The key of a secret; null for one that is not known, or too long to be one. */
export async function findKey(keys: KeyStore, secret: string) {
  return secret === '' || secret.length > SECRET_MAX ? null : keys.find(secret)
}

function readSecret(c: ApiContext): { secret: string; from: 'header' | 'cookie' } | null {
  const header = c.req.header('Authorization')
  if (header !== undefined) {
    const bearer = /^Bearer +(\S+) *$/i.exec(header)?.[1]
    return bearer === undefined ? null : { secret: bearer, from: 'header' }
  }
  const cookie = getCookie(c, cookieName(c))
  return cookie === undefined ? null : { secret: cookie, from: 'cookie' }
}

/** Browsers share cookies between ports, so each port has its own cookie: several stacks on one host stay signed in. */
export function cookieName(c: ApiContext): string {
  return `exectrail_${new URL(c.req.url).port || 'default'}`
}

/** SameSite treats another port of this host as the same site; the origin does not. */
export function rejectForeignOrigin(c: ApiContext): void {
  const origin = c.req.header('Origin')
  // A browser leaves it out where a page of the same origin reads.
  if (origin === undefined && (c.req.method === 'GET' || c.req.method === 'HEAD')) return
  if (origin === new URL(c.req.url).origin) return
  throw new ExectrailError('forbidden', 'a cookie is taken only from pages of this service', {
    hint: 'Send the key as `Authorization: Bearer <key>` instead.',
  })
}

export function unauthorized(message: string): ExectrailError {
  return new ExectrailError('unauthorized', message, { hint: KEY_HINT })
}
