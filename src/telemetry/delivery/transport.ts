/** One OTLP/HTTP request as the OTel exporters make it, with an answer that hides nothing. */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { convertLegacyHttpOptions } from '@opentelemetry/otlp-exporter-base/node-http'

/** Settings of one signal: URL, headers, compression, TLS, timeout; `OTEL_EXPORTER_OTLP_*` included. */
export type HttpSettings = ReturnType<typeof convertLegacyHttpOptions>

/** The receiver did not take a request. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
  /** null where nothing came back. */
  readonly status: number | null
  /** ms the receiver asked to wait; null where it did not. */
  readonly retryAfterMs: number | null
  /** The exchange began and broke off: perhaps it was too much at once. */
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

  /** The receiver will never take this as it is; a smaller one it might. */
  get isRefusal(): boolean {
    return this.status === 400 || this.status === 413 || this.status === 422
  }
}

interface Answer {
  status: number
  headers: IncomingMessage['headers']
  body: Buffer
}

type Outcome = { status: 'success'; data: Uint8Array } | { status: 'failure'; error: Error }

const ANSWER_MAX_BYTES = 1_048_576
const WORDS_MAX = 1000
const USER_AGENT = 'exectrail'
const compress = promisify(gzip)

/**
 * Transport for an exporter's delegate. It tries once: when to try again is for the sender, who must know the
 * status and Retry-After, which the exporters' own transport keeps to itself and gives up on after 10 s.
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
        return judge(await exchange(settings.url, request, body))
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
): Promise<Answer> {
  const { request } = await (url.startsWith('https:') ? import('node:https') : import('node:http'))
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = request(url, options, (response) => {
      readAnswer(response).then(resolve, reject)
    })
    // The whole exchange has the time, not each silence of it: a receiver may drip.
    const late = setTimeout(() => {
      reject(new DeliveryError(`no answer within ${options.timeout} ms`, { isBroken: true }))
      sent.destroy()
    }, options.timeout)
    late.unref()
    sent.on('close', () => clearTimeout(late))
    sent.on('error', reject)
    // What is sent is in the outbox: a program that is done need not wait for the answer.
    sent.on('socket', (socket) => socket.unref())
    sent.end(body)
  })
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of response) {
    const part: Buffer = chunk
    bytes += part.length
    if (bytes > ANSWER_MAX_BYTES) {
      response.destroy()
      break
    }
    chunks.push(part)
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }
}

function judge({ status, headers, body }: Answer): Outcome {
  if (status >= 200 && status < 300) return { status: 'success', data: body }
  const words = body.toString('utf8').slice(0, WORDS_MAX).toWellFormed()
  const message = `the receiver answered ${status}${words === '' ? '' : `: ${words}`}`
  const wait = readRetryAfter(headers['retry-after'])
  return { status: 'failure', error: new DeliveryError(message, { status, retryAfterMs: wait }) }
}

/** Retry-After in ms, from seconds or a date; null where there is none to understand. */
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
  const message = error.message === '' ? code : error.message
  return new DeliveryError(message, { isBroken: code === 'ECONNRESET' || code === 'EPIPE' })
}
