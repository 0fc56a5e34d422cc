/** The way out of one sandbox that may reach some hosts: an HTTP proxy on a Unix socket that lets only those through. */
import { mkdtemp, chmod, rm } from 'node:fs/promises'
import {
  createServer,
  request as sendRequest,
  STATUS_CODES,
  type ClientRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { connect, type LookupFunction, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { messageOf } from '../../../errors.ts'
import { isAllowed, plainName } from './allowed-hosts.ts'
import { NameError, PublicNames } from './public-names.ts'

/** Connections of one sandbox at once, and those made for it: one connection may carry many requests. */
const CONNECTIONS_MAX = 64
/** ms to reach a host. */
const CONNECT_MS = 20_000
/** Only of one connection, not of the one behind it (RFC 9110 §7.6.1). */
const HOP_HEADERS = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** A proxy for one run. Disposing of it ends every connection it carries. */
export interface Egress extends AsyncDisposable {
  /** Path of the socket; whoever may connect to it may reach the hosts. */
  socketPath: string
}

/** Opens a proxy that reaches the hosts of `allow` and no other; names only where they lead to public addresses. */
export async function openEgress(allow: readonly string[], names = new PublicNames()): Promise<Egress> {
  const directory = await mkdtemp(join(tmpdir(), 'exectrail-egress-'))
  await chmod(directory, 0o711) // the sandbox is made by another user
  const proxy = new FilteringProxy(allow, names)
  const socketPath = join(directory, 'socket')
  await proxy.listen(socketPath)
  return {
    socketPath,
    async [Symbol.asyncDispose]() {
      await proxy.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Clients often show no more of an answer to CONNECT than this line. */
const REASONS = new Map([[403, 'Refused by network.allow']])

class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

class FilteringProxy {
  readonly #allow: readonly string[]
  readonly #names: PublicNames
  readonly #server: Server
  readonly #open = new Set<Duplex>()
  #upstreams = 0

  constructor(allow: readonly string[], names: PublicNames) {
    this.#allow = allow
    this.#names = names
    this.#server = createServer((request, response) => void this.#forward(request, response))
    this.#server.maxConnections = CONNECTIONS_MAX
    this.#server.on('connection', (socket) => this.#hold(socket))
    this.#server.on('connect', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#tunnel(request.url ?? '', socket, head),
    )
    this.#server.on('clientError', (_error, socket) => socket.destroy())
  }

  listen(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ path, readableAll: true, writableAll: true }, resolve)
    })
  }

  close(): Promise<void> {
    this.#names.close()
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      for (const socket of this.#open) socket.destroy()
    })
  }

  #hold(socket: Duplex): void {
    this.#open.add(socket)
    socket.setMaxListeners(0) // one for each request that came at once
    socket.on('error', () => socket.destroy()).once('close', () => this.#open.delete(socket))
  }

  #tunnel(target: string, client: Duplex, head: Buffer): void {
    const [, host = '', port = ''] = /^(\[[0-9a-f:.]+\]|[^\s:/?#@]+):(\d{1,5})$/i.exec(target) ?? []
    try {
      if (host === '' || Number(port) > 65_535) throw new Refusal(400, 'CONNECT wants HOST:PORT')
      const upstream = connect({ host: this.#admit(host), port: Number(port), lookup: this.#lookup })
      this.#count(upstream)
      this.#carry(client, upstream, head)
    } catch (error) {
      answer(client, error)
    }
  }

  #carry(client: Duplex, upstream: Socket, head: Buffer): void {
    this.#hold(upstream)
    const fail = (error: Error): void => answer(client, error)
    const timer = setTimeout(() => upstream.destroy(tooLate()), CONNECT_MS)
    upstream
      .once('close', () => clearTimeout(timer))
      .once('error', fail)
      .once('connect', () => {
        clearTimeout(timer)
        upstream.off('error', fail)
        client.write('HTTP/1.1 200 Connection established\r\n\r\n')
        upstream.write(head)
        for (const [from, to] of [[client, upstream] as const, [upstream, client] as const])
          pipeline(from, to).catch(() => {
            from.destroy()
            to.destroy()
          })
      })
    client.once('close', () => upstream.destroy())
  }

  async #forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const url = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : null
      if (url === null || url.protocol !== 'http:')
        throw new Refusal(400, 'a proxy wants an absolute http URL; other protocols go through CONNECT')
      const upstream = sendRequest(url, {
        hostname: this.#admit(url.hostname),
        method: request.method,
        headers: { ...endToEnd(request), host: url.host },
        lookup: this.#lookup,
        agent: false,
      })
      this.#count(upstream)
      response.once('close', () => upstream.destroy())
      const [answered] = await Promise.all([replyOf(upstream), pipeline(request, upstream)])
      response.writeHead(answered.statusCode ?? 502, answered.statusMessage, endToEnd(answered))
      await pipeline(answered, response)
    } catch (error) {
      if (response.headersSent) response.destroy()
      else response.writeHead(statusOf(error), { 'Content-Type': 'text/plain' }).end(wordsOf(error))
    }
  }

  #count(upstream: Socket | ClientRequest): void {
    this.#upstreams += 1
    upstream.once('close', () => {
      this.#upstreams -= 1
    })
  }

  /** The host in its one spelling. @throws {Refusal} */
  #admit(host: string): string {
    const name = plainName(host)
    if (name === '') throw new Refusal(400, `${host} is neither a host name nor an address`)
    if (!isAllowed(name, this.#allow))
      throw new Refusal(403, `${host} is not on the execution's list of allowed hosts (network.allow)`)
    if (this.#upstreams >= CONNECTIONS_MAX)
      throw new Refusal(503, `${CONNECTIONS_MAX} connections of this run are open; end one first`)
    return name
  }

  readonly #lookup: LookupFunction = (hostname, options, callback) =>
    void this.#find(hostname, options, callback)

  /** What is connected to is what was checked: a stranger's name may lead anywhere, also the next time. */
  async #find(...[hostname, options, callback]: Parameters<LookupFunction>): Promise<void> {
    const found = await this.#names.find(hostname).catch((error: unknown) => refusalOf(error))
    if (found instanceof Error) return callback(found, [])
    const [first] = found
    if (options.all === true) callback(null, found)
    else callback(null, first?.address ?? '', first?.family)
  }
}

/** By the reason that a name leads nowhere. */
const NAME_STATUS = { forbidden: 403, absent: 502, unanswered: 504 } as const

function refusalOf(error: unknown): Error {
  if (error instanceof NameError) return new Refusal(NAME_STATUS[error.why], error.message)
  return error instanceof Error ? error : new Error(String(error))
}

function tooLate(): Refusal {
  return new Refusal(504, `the host did not answer within ${CONNECT_MS / 1000} s`)
}

function replyOf(upstream: ReturnType<typeof sendRequest>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('the host ended the connection without an answer'))
    upstream.once('response', resolve).once('error', reject).once('close', gone)
  })
}

function endToEnd(message: IncomingMessage): Record<string, string[]> {
  const named = (message.headers.connection ?? '').toLowerCase().split(/\s*,\s*/)
  return Object.fromEntries(
    Object.entries(message.headersDistinct).flatMap(([name, values = []]) =>
      HOP_HEADERS.has(name) || named.includes(name) ? [] : [[name, values]],
    ),
  )
}

function answer(client: Duplex, error: unknown): void {
  const [status, words] = [statusOf(error), wordsOf(error)]
  client.end(
    `HTTP/1.1 ${status} ${REASONS.get(status) ?? STATUS_CODES[status]}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(words)}\r\nConnection: close\r\n\r\n${words}`,
  )
}

function statusOf(error: unknown): number {
  return error instanceof Refusal ? error.status : 502
}

function wordsOf(error: unknown): string {
  return `exectrail: ${messageOf(error)}\n`
}
