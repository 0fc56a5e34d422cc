/** Paths and methods of ClickHouse's HTTP interface that carry no statement. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { HttpError } from './exceptions.ts'

/** Pages of ClickHouse's server that are not served, with an alternative. */
const UNSERVED: ReadonlyMap<string, string> = new Map([
  ['/play', 'the query page; use the dashboard of exectrail, or send SQL to /'],
  ['/dashboard', "ClickHouse's dashboard; use the dashboard of exectrail"],
  ['/binary', 'the view of the binary'],
  ['/merges', 'the view of merges; ask system.parts'],
  ['/jemalloc', "the view of the server's memory"],
  ['/metrics', "ClickHouse's own metrics; exectrail sends its metrics by OTLP"],
  ['/js', 'scripts of its pages'],
])
const METHODS = 'GET, HEAD, POST, OPTIONS'

/**
 * Responds to probes and OPTIONS; false when the request carries a statement.
 * @throws {HttpError} 404 for a path that is not served, 405 for a method
 */
export function answerRoute(request: IncomingMessage, response: ServerResponse, url: URL): boolean {
  const { method } = request
  if (method === 'OPTIONS') {
    response.writeHead(204, { Allow: METHODS })
    response.end()
    return true
  }
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST') {
    response.setHeader('Allow', METHODS)
    throw new HttpError(405, `${method} is not served here; use GET or POST`)
  }
  const isHealth = url.pathname === '/ping' || url.pathname === '/replicas_status'
  if (method !== 'POST' && (isHealth || (url.pathname === '/' && !url.searchParams.has('query')))) {
    response.setHeader('Content-Type', 'text/plain; charset=UTF-8')
    // There are no replicas, so none lags behind.
    response.end('Ok.\n')
    return true
  }
  if (url.pathname === '/' || url.pathname === '/query') return false
  const page = UNSERVED.get(`/${url.pathname.split('/')[1] ?? ''}`)
  throw new HttpError(
    404,
    page === undefined
      ? 'There is no such path; statements go to /'
      : `${url.pathname} is not served here: ${page}`,
  )
}
