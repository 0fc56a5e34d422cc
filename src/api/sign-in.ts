/** Signs browsers in and out. The key is in a cookie then, which no script reads. */
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { deleteCookie, setCookie } from 'hono/cookie'
import type { KeyStore } from '../service/keys.ts'
import { cookieName, findKey, rejectForeignOrigin, unauthorized } from './auth.ts'
import type { ApiContext, ApiEnv } from './context.ts'
import { SIGN_IN_HEADERS, signInPage } from './sign-in-page.ts'

const COOKIE_AGE_SECONDS = 30 * 86_400
const FORM_MAX_BYTES = 8_192
const FOR_PROGRAMS = /^\/(?:v1|mcp|openapi\.json|healthz|readyz|metrics)(?:\/|$)/u
const FORM = /^application\/x-www-form-urlencoded\b/iu

/** Whether the request is for a page that a person reads. */
export function wantsPage(c: ApiContext): boolean {
  return !FOR_PROGRAMS.test(c.req.path) && (c.req.header('Accept') ?? '').includes('text/html')
}

/**
 * `/?key=…`, the link of `up`, sets the cookie and redirects to `/`, so that the key leaves the address bar. A form that is
 * posted to the address of a page sets it and leads back there. `POST /sign-out` deletes it.
 * @throws {ExectrailError} `unauthorized` for an unknown key in the link, `forbidden` for a form of another site
 */
export function signIn(keys: KeyStore): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const { method, path } = c.req
    if (method === 'POST' && path === '/sign-out') return signOut(c)
    if (method === 'POST' && isForm(c)) return limitForm(c, () => takeForm(c, keys))
    const secret = path === '/' ? c.req.query('key') : undefined
    if (secret === undefined) return next()
    if ((await findKey(keys, secret)) === null) throw unauthorized('the key in the link is not known here')
    keepKey(c, secret)
    return c.redirect('/', 303)
  }
}

const limitForm = bodyLimit({
  maxSize: FORM_MAX_BYTES,
  onError: (c) => c.body(signInPage('unknown'), 413, SIGN_IN_HEADERS),
})

async function takeForm(c: ApiContext, keys: KeyStore): Promise<void> {
  rejectForeignOrigin(c)
  const { key } = await c.req.parseBody()
  const secret = typeof key === 'string' ? key.trim() : ''
  if ((await findKey(keys, secret)) === null) {
    c.res = c.body(signInPage('unknown'), 401, SIGN_IN_HEADERS)
    return
  }
  keepKey(c, secret)
  const { pathname, search } = new URL(c.req.url)
  // Two slashes at the begin would name another host.
  c.res = c.redirect(`${pathname.replace(/^\/+/u, '/')}${search}`, 303)
}

function signOut(c: ApiContext): Response {
  rejectForeignOrigin(c)
  deleteCookie(c, cookieName(c), { path: '/', secure: isSecure(c) })
  return c.body(null, 204)
}

function isForm(c: ApiContext): boolean {
  return !FOR_PROGRAMS.test(c.req.path) && FORM.test(c.req.header('Content-Type') ?? '')
}

function keepKey(c: ApiContext, secret: string): void {
  setCookie(c, cookieName(c), secret, {
    httpOnly: true,
    sameSite: 'Strict',
    path: '/',
    maxAge: COOKIE_AGE_SECONDS,
    secure: isSecure(c),
  })
}

function isSecure(c: ApiContext): boolean {
  return new URL(c.req.url).protocol === 'https:'
}
