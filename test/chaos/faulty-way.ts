/** A way to a receiver of OTLP or a blob store that is in order, or faulty in one of the ways receivers are. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { waitFor } from '../support/wait.ts'

/** What becomes of a request; `lost answer`: the receiver has it, and the connection is reset. */
export const FAULTS = [
  'refuses connections',
  'answers 503',
  'answers 500',
  'answers 429 with Retry-After',
  'hangs',
  'resets the connection',
  'resets after accepting',
  'takes 500 ms a request',
] as const
/** What says that no later attempt will succeed, and is mended all the same. */
export const REFUSALS = ['answers 403', 'answers 413'] as const
export type Fault = (typeof FAULTS)[number] | (typeof REFUSALS)[number]

/** ms, for a sender on a busy host. */
const MEETING_MS = 30_000

export interface FaultyWay extends AsyncDisposable {
  url: string
  /** Requests that met a fault. */
  met: number
  /** From now on; null: in order. Exchanges that hang are cut when it is mended. */
  set(fault: Fault | null): Promise<void>
}

const SLOW_MS = 500

/** Opens a way to `target`, a base URL, on a free loopback port. */
export async function openFaultyWay(target: string): Promise<FaultyWay> {
  let fault: Fault | null = null
  const server = createServer((request, response) => {
    const meet = (): Fault | null => {
      if (fault !== null) way.met += 1
      return fault
    }
    pass(request, response, { target, meet }).catch(() => response.destroy())
  })
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, '127.0.0.1', resolve)
    })
  const close = async (): Promise<void> => {
    const closed = new Promise((done) => server.close(done))
    server.closeAllConnections()
    await closed
  }
  await listen(0)
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const way: FaultyWay = {
    url: `http://127.0.0.1:${port}`,
    met: 0,
    async set(next) {
      fault = next
      if (next === 'refuses connections') await close()
      else if (!server.listening) await listen(port)
      else if (next === null) server.closeAllConnections()
    },
    [Symbol.asyncDispose]: close,
  }
  return way
}

/** Waits until a request has met the fault since `before` had; false where none does. */
export async function hasMet(way: FaultyWay, before: number): Promise<boolean> {
  return waitFor(() => way.met > before, { timeoutMs: MEETING_MS, what: 'a request' }).then(
    () => true,
    () => false,
  )
}

async function pass(
  request: IncomingMessage,
  response: ServerResponse,
  { target, meet }: { target: string; meet: () => Fault | null },
): Promise<void> {
  const body = await buffer(request)
  const fault = meet()
  if (fault === 'hangs') return
  if (fault === 'resets the connection') return void request.socket.resetAndDestroy()
  if (fault === 'answers 503') return void response.writeHead(503).end('out of order')
  if (fault === 'answers 500') return void response.writeHead(500).end('broken')
  if (fault === 'answers 429 with Retry-After')
    return void response.writeHead(429, { 'retry-after': '1' }).end('too many')
  if (fault === 'answers 403' || fault === 'answers 413')
    return void response.writeHead(Number(fault.slice(-3))).end('refused')
  if (fault === 'takes 500 ms a request') await pause(SLOW_MS)
  const answer = await forward(request, body, target)
  if (fault === 'resets after accepting') return void request.socket.resetAndDestroy()
  response.writeHead(answer.status, answer.headers).end(answer.body)
}

/** Of one connection. */
const HOP = /^(?:host|connection|keep-alive|content-length|transfer-encoding|expect)$/u

async function forward(
  request: IncomingMessage,
  body: Buffer,
  target: string,
): Promise<{ status: number; headers: Record<string, string>; body: Buffer }> {
  const { method = 'GET', headers, url = '/' } = request
  const answer = await fetch(`${target}${url}`, {
    method,
    redirect: 'manual',
    headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      typeof value === 'string' && !HOP.test(name) ? [[name, value]] : [],
    ),
    ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
  })
  return {
    status: answer.status,
    headers: Object.fromEntries([...answer.headers].filter(([name]) => !HOP.test(name))),
    body: Buffer.from(await answer.arrayBuffer()),
  }
}
