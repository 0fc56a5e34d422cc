/** One OTLP/HTTP request as the OpenTelemetry exporters make it, with the receiver's whole response. */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { HttpSettings } from './http-settings.ts'

/** The receiver did not accept a request. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
  /** Null when there was no response. */
  readonly status: number | null
  /** ms of the receiver's Retry-After; null without one. */
  readonly retryAfterMs: number | null
  /** The connection broke during the exchange: the batch may be too large. */
  readonly isBroken: boolean

  constructor(
    message: string,
    detail: { status?: number; retryAfterMs?: number | null; isBroken?: boolean } = {},
  ) {
    super(message)
    this.status = detail.status ?? null
    this.retryAfterMs = detail.retryAfterMs ?? null
    this.isBroken = detail.isBroken ?? false
  }

  /** The receiver will never accept this request; it may accept a smaller one. */
  get isRefusal(): boolean {
    return this.status === 400 || this.status === 413 || this.status === 422
  }
}

interface Response {
  status: number
  headers: IncomingMessage['headers']
  body: Buffer
}

type Outcome = { status: 'success'; data: Uint8Array } | { status: 'failure'; error: Error }

const RESPONSE_MAX_BYTES = 1_048_576
const MESSAGE_MAX = 1000
const NOT_HTTP =
  'the receiver does not speak HTTP/1.1: OTLP over HTTP often has port 4318; 4317 is that of gRPC, which exectrail does not speak'
const USER_AGENT = 'exectrail'
const compress = promisify(gzip)

/**
 * Transport for an exporter's delegate. It tries once: the sender decides when to retry, and needs the status and
 * Retry-After for it, which the exporters' own transport does not expose.
 */
export function createTransport(settings: HttpSettings): {
  send(data: Uint8Array, timeoutMs: number): Promise<Outcome>
  shutdown(): void
} {
  const protocol = new URL(settings.url).protocol
  const agent = (async () => settings.agentFactory(protocol))()
  return {
    async send(data, timeoutMs) {
      try {
        const body =
          settings.compression === 'gzip'
            ? await compress(data)
            : Buffer.from(data.buffer, data.byteOffset, data.byteLength)
        const encoding = settings.compression === 'gzip' ? { 'Content-Encoding': 'gzip' } : {}
        const headers = {
          'User-Agent': USER_AGENT,
          ...(await settings.headers()),
          ...encoding,
          'Content-Length': body.length,
        }
        const request = { method: 'POST', headers, agent: await agent, timeout: timeoutMs }
        return toOutcome(await exchange(settings.url, request, body))
      } catch (error) {
        return { status: 'failure', error: toDeliveryError(error) }
      }
    },
    shutdown() {
      void agent.then((made) => made.destroy())
    },
  }
}

async function exchange(
  url: string,
  options: RequestOptions & { timeout: number },
  body: Buffer,
): Promise<Response> {
  const { request } = await (url.startsWith('https:') ? import('node:https') : import('node:http'))
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = request(url, options, (response) => {
      readResponse(response).then(resolve, reject)
    })
    // The timeout covers the whole exchange: a receiver may send one byte at a time.
    const late = setTimeout(() => {
      reject(new DeliveryError(`no answer within ${options.timeout} ms`, { isBroken: true }))
      sent.destroy()
    }, options.timeout)
    late.unref()
    sent.on('close', () => clearTimeout(late))
    sent.on('error', reject)
    // The records are in the outbox, so a program that is done need not wait for the response.
    sent.on('socket', (socket) => socket.unref())
    sent.end(body)
  })
}

async function readResponse(response: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    const part: Buffer = chunk
    bytes += part.length
    if (bytes > RESPONSE_MAX_BYTES) {
      response.destroy()
      break
    }
    chunks.push(part)
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }
}

function toOutcome({ status, headers, body }: Response): Outcome {
  if (status >= 200 && status < 300) return { status: 'success', data: body }
  const text = body.toString('utf8').slice(0, MESSAGE_MAX).toWellFormed()
  const message = `the receiver answered ${status}${text === '' ? '' : `: ${text}`}`
  const wait = readRetryAfter(headers['retry-after'])
  return { status: 'failure', error: new DeliveryError(message, { status, retryAfterMs: wait }) }
}

/** Retry-After in ms, from seconds or a date; null when it is absent or malformed. */
function readRetryAfter(value: string | undefined): number | null {
  if (value === undefined) return null
  if (/^\d{1,9}$/u.test(value.trim())) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now())
}

function toDeliveryError(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error
  if (!(error instanceof Error)) return new DeliveryError(String(error))
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name
  const message = code.startsWith('HPE_') ? NOT_HTTP : error.message === '' ? code : error.message
  return new DeliveryError(message, { isBroken: code === 'ECONNRESET' || code === 'EPIPE' })
}
