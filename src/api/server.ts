/** Serves the app on a socket. */
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import { limitPipelining } from '../clickhouse-endpoint/pipelining.ts'
import { ExectrailError, messageOf } from '../errors.ts'
import { answerBrokenRequests } from './broken-request.ts'
import type { ApiEnv } from './context.ts'
import { isStream } from './open-streams.ts'

const HEADERS_TIMEOUT_MS = 10_000
const BODY_TIMEOUT_MS = 60_000
/** Longer than proxies and pausing clients keep an idle connection: a request on one just closed is lost. */
const IDLE_TIMEOUT_MS = 75_000
const LOOPBACK = '127.0.0.1'

/** A listening service. */
export interface Listening {
  /** Base URL without trailing slash. */
  readonly url: string
  /** Stops accepting connections, waits up to `graceMs` for open requests, then closes the rest. */
  close(graceMs?: number): Promise<void>
}

/**
 * Listens on the port, or on a free one when it is taken.
 * @param options.host loopback unless given
 * @throws {ExectrailError} `stack_failed` when the address cannot be bound
 */
export async function serve(
  app: Hono<ApiEnv>,
  options: { port: number; host?: string; report?: (line: string) => void },
): Promise<Listening> {
  const host = options.host ?? LOOPBACK
  const { server, endResponses } = createHttpServer(app)
  try {
    await listen(server, options.port, host)
  } catch (error) {
    if (!isTaken(error)) throw cannotBind(error, host, options.port)
    options.report?.(
      `port ${options.port} is taken, so the service takes a free one; EXECTRAIL_PORT chooses another`,
    )
    await listen(server, 0, host).catch((second: unknown) => Promise.reject(cannotBind(second, host, 0)))
  }
  return { url: urlOf(server, host), close: (graceMs = 5000) => close(server, endResponses, graceMs) }
}

function createHttpServer(app: Hono<ApiEnv>): { server: Server; endResponses: () => void } {
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: BODY_TIMEOUT_MS,
    keepAliveTimeout: IDLE_TIMEOUT_MS,
  })
  const listener = getRequestListener(app.fetch)
  limitPipelining(server)
  answerBrokenRequests(server)
  server.on('request', (request, response) => {
    if (!request.socket.destroyed) void listener(request, response)
  })
  return { server, endResponses: trackResponses(server) }
}

/**
 * Returns what ends the open responses for a server that closes: a stream of events, which ends only when its
 * reader goes, at once; the others with their connection, which would stay open as an idle one.
 */
function trackResponses(server: Server): () => void {
  const open = new Set<ServerResponse>()
  server.on('request', (_request, response: ServerResponse) => {
    open.add(response)
    response.once('close', () => open.delete(response))
  })
  return () => {
    for (const response of open) {
      if (isStream(response)) response.destroy()
      else response.once('close', () => setImmediate(() => server.closeIdleConnections()))
    }
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening')
}

async function close(server: Server, endResponses: () => void, graceMs: number): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  endResponses()
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearTimeout(timer)
}

function urlOf(server: Server, host: string): string {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const name = host === '0.0.0.0' || host === '::' ? LOOPBACK : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

function cannotBind(error: unknown, host: string, port: number): ExectrailError {
  return new ExectrailError(
    'stack_failed',
    `the service cannot listen on ${host}:${port}: ${messageOf(error)}`,
    {
      hint: 'Set EXECTRAIL_HOST and EXECTRAIL_PORT to an address of this machine that is free.',
      cause: error,
    },
  )
}
