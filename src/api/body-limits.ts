/** How large the body of a request may be, by its path. */
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { ApiContext, ApiEnv } from './context.ts'
import { bodyCutShort, BODY_TOO_LARGE, HttpProblem } from './problem.ts'

const MIB = 1_048_576

interface Limit {
  maxBytes: number
  hint: string
  /** For a body whose length is known only once it is read. */
  whileRead: MiddlewareHandler<ApiEnv>
}

/** Fits code, input and files at their own limits, with JSON's escapes. */
const RUN = limitTo(64 * MIB, 'Send less: code up to 5 MB, input up to 10 MB, files up to 32 MB in all.')
/** Fits a definition at its own limit, with JSON's escapes. */
const PUBLISH = limitTo(16 * MIB, 'A definition may have 8 MiB in all.')
const OTHER = limitTo(MIB, 'Only requests that run or publish code have larger bodies.')

const RUNS_CODE = /^\/(?:v1\/executions|mcp)(?:\/|$)/u
const PUBLISHES = /^\/v1\/registry\/agents\/?$/u

/** Refuses a larger body; reads one without Content-Length. A connection that closes before its end is a client error. */
export const limitBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const limit = limitFor(c.req.path)
  const bytes = announcedBytes(c)
  if (bytes !== null) return bytes > limit.maxBytes ? refuse(limit) : next()
  try {
    return await limit.whileRead(c, next)
  } catch (error) {
    throw error instanceof HttpProblem ? error : bodyCutShort()
  }
}

/** Bytes of the body; null where the headers do not say. hono makes a whole Request to look for one, which takes 0.2 ms. */
function announcedBytes(c: ApiContext): number | null {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return 0
  const length = c.req.header('Content-Length')
  if (length === undefined || c.req.header('Transfer-Encoding') !== undefined) return null
  return Number.parseInt(length, 10)
}

function limitFor(path: string): Limit {
  if (RUNS_CODE.test(path)) return RUN
  return PUBLISHES.test(path) ? PUBLISH : OTHER
}

function limitTo(maxBytes: number, hint: string): Limit {
  const onError = (): never => refuse({ maxBytes, hint })
  return { maxBytes, hint, whileRead: bodyLimit({ maxSize: maxBytes, onError }) }
}

function refuse({ maxBytes, hint }: Pick<Limit, 'maxBytes' | 'hint'>): never {
  throw new HttpProblem(BODY_TOO_LARGE, `a body may have at most ${maxBytes} bytes`, { hint })
}
