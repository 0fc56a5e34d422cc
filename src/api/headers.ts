/** Headers of every reply: the request's id, the caller's trace, and what a browser may do with it. */
import { randomUUID } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import type { ApiEnv } from './context.ts'

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/

/** Takes the caller's `X-Request-Id` where it is a decent one, else makes one. */
export const echoRequestId: MiddlewareHandler<ApiEnv> = requestId({
  limitLength: 128,
  // hono refuses `.` and `:`, which ids of proxies hold.
  generator(c) {
    const given = c.req.header('X-Request-Id') ?? ''
    return REQUEST_ID.test(given) ? given : randomUUID()
  },
})

/** What a browser may do with a reply; a page has a policy of its own, which stays. */
export const restrictBrowsers: MiddlewareHandler<ApiEnv> = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
  },
  xFrameOptions: 'DENY',
  originAgentCluster: false,
  // Whoever puts TLS in front decides on this.
  strictTransportSecurity: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  overwrite: false,
})

/** Ends what would produce the body of a reply to HEAD, which nothing reads. */
export const endBodyOfHead: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next()
  if (c.req.method === 'HEAD') await c.res.body?.cancel()
}

/** Echoes the caller's `traceparent`, and the request's id also on a problem, and forbids caches. */
export const replyHeaders: MiddlewareHandler<ApiEnv> = async (c, next) => {
  await next()
  const { headers } = c.res
  headers.set('X-Request-Id', c.get('requestId'))
  const traceparent = c.req.header('traceparent')
  if (traceparent !== undefined && TRACEPARENT.test(traceparent)) headers.set('traceparent', traceparent)
  if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store')
}
