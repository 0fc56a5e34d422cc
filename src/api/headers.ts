/** Headers of every reply: the request's id, the caller's trace, and what a browser may do with it. */
import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import type { ApiEnv } from './environment.ts'

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
}

/** Takes the caller's `X-Request-Id` where it is a decent one, else makes one; echoes it and `traceparent`. */
export const replyHeaders: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const given = c.req.header('X-Request-Id')
  const requestId = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID()
  const traceparent = c.req.header('traceparent')
  c.set('requestId', requestId)
  await next()
  const { headers } = c.res
  headers.set('X-Request-Id', requestId)
  if (traceparent !== undefined && TRACEPARENT.test(traceparent)) headers.set('traceparent', traceparent)
  for (const [name, value] of Object.entries(SAFE_HEADERS)) if (!headers.has(name)) headers.set(name, value)
}
