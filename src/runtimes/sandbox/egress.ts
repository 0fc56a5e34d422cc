/** The way out of one sandbox that may reach some hosts: an HTTP proxy on a Unix socket that lets through those alone. */
import { lookup, type LookupAddress } from 'node:dns'
import { mkdtemp, chmod, rm } from 'node:fs/promises'
import {
  createServer,
  request as sendRequest,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { BlockList, connect, isIP, isIPv6, type LookupFunction } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Connections of one sandbox at once. */
const CONNECTIONS_MAX = 64
/** Of one connection alone, not of the one behind it (RFC 9110 §7.6.1). */
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

/** Addresses that are no public host: special-purpose registries of IANA (RFC 6890), and multicast. */
const PRIVATE = new BlockList()
for (const network of [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.168.0.0/16',
  '198.18.0.0/15 224.0.0.0/4 240.0.0.0/4 ::/127 64:ff9b:1::/48 100::/64 2001::/32 2002::/16 fc00::/7 fe80::/10 ff00::/8',
].flatMap((line) => line.split(' '))) {
  const [address = '', bits] = network.split('/')
  PRIVATE.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** True for an address of a public host. Also takes IPv4 written as IPv6. */
export function isPublicAddress(address: string): boolean {
  return isIP(address) !== 0 && !PRIVATE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/**
 * True where `host` is on the list: by its name, as a name below `*.name`, or as an address written out. Names
 * compare without regard to case and to a dot at their end.
 */
export function isAllowed(host: string, allow: readonly string[]): boolean {
  const name = plainName(host)
  return allow.some((entry) => {
    const wanted = plainName(entry)
    if (wanted.startsWith('*.')) return isIP(name) === 0 && name.endsWith(wanted.slice(1))
    return wanted === name
  })
}

function plainName(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
}

/** A proxy for one run. Disposing of it ends every connection it carries. */
export interface Egress extends AsyncDisposable {
  /** Path of the socket; whoever may connect to it may reach the hosts. */
  socketPath: string
}

/** Opens a proxy that reaches the hosts of `allow` and no other; names only where they lead to public addresses. */
export async function openEgress(allow: readonly string[]): Promise<Egress> {
  const directory = await mkdtemp(join(tmpdir(), 'exectrail-egress-'))
  await chmod(directory, 0o711) // the sandbox is made by another user
  const proxy = new FilteringProxy(allow)
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
const REASONS = new Map([[403, 'Not on the list network.allow']])

class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

class FilteringProxy {
  readonly #allow: readonly string[]
  readonly #server: Server
  readonly #open = new Set<Duplex>()

  constructor(allow: readonly string[]) {
    this.#allow = allow
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
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      for (const socket of this.#open) socket.destroy()
    })
  }

  #hold(socket: Duplex): void {
    this.#open.add(socket)
    socket.on('error', () => socket.destroy()).once('close', () => this.#open.delete(socket))
  }

  #tunnel(target: string, client: Duplex, head: Buffer): void {
    const [, host = '', port = ''] = /^(\[[0-9a-f:.]+\]|[^\s:/?#@]+):(\d{1,5})$/i.exec(target) ?? []
    try {
      if (host === '' || Number(port) > 65_535) throw new Refusal(400, 'CONNECT wants HOST:PORT')
      this.#admit(host)
    } catch (error) {
      return answer(client, error)
    }
    const upstream = connect({
      host: host.replace(/^\[(.*)\]$/, '$1'),
      port: Number(port),
      lookup: publicLookup,
    })
    this.#hold(upstream)
    const fail = (error: Error): void => answer(client, error)
    upstream.once('error', fail).once('connect', () => {
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
      this.#admit(url.hostname)
      const upstream = sendRequest(url, {
        method: request.method,
        headers: { ...endToEnd(request), host: url.host },
        lookup: publicLookup,
        agent: false,
      })
      response.once('close', () => upstream.destroy())
      const [answered] = await Promise.all([replyOf(upstream), pipeline(request, upstream)])
      response.writeHead(answered.statusCode ?? 502, answered.statusMessage, endToEnd(answered))
      await pipeline(answered, response)
    } catch (error) {
      if (response.headersSent) response.destroy()
      else response.writeHead(statusOf(error), { 'Content-Type': 'text/plain' }).end(wordsOf(error))
    }
  }

  /** @throws {Refusal} */
  #admit(host: string): void {
    if (isAllowed(host, this.#allow)) return
    throw new Refusal(403, `${host} is not on the execution's list of allowed hosts (network.allow)`)
  }
}

function replyOf(upstream: ReturnType<typeof sendRequest>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    upstream.once('response', resolve).once('error', reject)
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

/** Names lead to public addresses or nowhere: a name under a stranger's control may lead anywhere, also the next time. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error !== null) return callback(error, [])
    const reachable = addresses.filter(({ address }) => isPublicAddress(address))
    const [first] = reachable
    if (first === undefined)
      return callback(new Refusal(403, `${hostname} leads to no public address; list the address itself`), [])
    if (options.all === true) callback(null, reachable)
    else callback(null, first.address, first.family)
  })
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
  return `exectrail: ${error instanceof Error ? error.message : String(error)}\n`
}
