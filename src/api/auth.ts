/** Who asks. A key comes as `Authorization: Bearer` or in the cookie that the link of `up` sets. */
import type { MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { ExectrailError } from '../errors.ts'
import type { KeyStore } from '../service/keys.ts'
import type { Scope } from '../store/scope.ts'
import type { ApiContext, ApiEnv } from './environment.ts'

const OPEN_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz'])
const COOKIE_AGE_SECONDS = 30 * 86_400
const SECRET_MAX = 512
const KEY_HINT =
  'Send the header `Authorization: Bearer <key>`. In a browser, open the link that `exectrail up` printed.'

/** Lets a request pass only with a known key; health answers without one. */
export function requireKey(keys: KeyStore): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    if (OPEN_PATHS.has(c.req.path)) return next()
    const given = readSecret(c)
    if (given === null) throw unauthorized('no API key came with the request')
    const key = await findKey(keys, given.secret)
    if (key === null) throw unauthorized('the API key is not known here')
    if (given.from === 'cookie') refuseForeignPages(c)
    c.set('key', key)
    return next()
  }
}

/**
 * Signs a browser in: `/?key=…` sets the cookie and leads on to `/` without the key in the address.
 * @throws {ExectrailError} `unauthorized` for an unknown key
 */
export function signIn(keys: KeyStore): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const secret = c.req.path === '/' ? c.req.query('key') : undefined
    if (secret === undefined) return next()
    if ((await findKey(keys, secret)) === null) throw unauthorized('the key in the link is not known here')
    setCookie(c, cookieName(c), secret, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      maxAge: COOKIE_AGE_SECONDS,
      secure: new URL(c.req.url).protocol === 'https:',
    })
    return c.redirect('/', 303)
  }
}

/**
 * Whose rows the request may see: an administrator's all, or the organization asked for; another key's own.
 * @throws {ExectrailError} `forbidden` when a bound key asks for another organization
 */
export function scopeOf(c: ApiContext, organization: string | undefined): Scope {
  const { scope } = c.get('key')
  if (scope === 'all') return organization === undefined ? 'all' : { organizationId: organization }
  if (organization === undefined || organization === scope.organizationId) return scope
  throw new ExectrailError('forbidden', 'this key is bound to another organization', {
    hint: 'Leave `organization` out, or use a key of that organization.',
  })
}

async function findKey(keys: KeyStore, secret: string) {
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

/** Cookies know no ports, so each port has its own: several stacks on one host stay signed in. */
function cookieName(c: ApiContext): string {
  return `exectrail_${new URL(c.req.url).port || 'default'}`
}

/** SameSite takes another port of this host for the same site; the origin does not. */
function refuseForeignPages(c: ApiContext): void {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return
  if (c.req.header('Origin') === new URL(c.req.url).origin) return
  throw new ExectrailError('forbidden', 'a cookie is taken only from pages of this service', {
    hint: 'Send the key as `Authorization: Bearer <key>` instead.',
  })
}

function unauthorized(message: string): ExectrailError {
  return new ExectrailError('unauthorized', message, { hint: KEY_HINT })
}
