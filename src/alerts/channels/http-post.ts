/**
 * POSTs to addresses that users give. A name is resolved, every address it has is checked, and the connection goes to the
 * checked address; the same again at each redirect. Private addresses are refused unless the operator allows them.
 */
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import { text } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { useAgent as agentFor } from 'request-filtering-agent'
import { networksSetAside } from '../../runtimes/sandbox/egress/public-address.ts'

export interface PostPolicy {
  /** Private addresses and networks that may be reached, such as 10.1.0.0/16. */
  allowedAddresses: readonly string[]
  /** @default that of the host */
  lookup?: LookupFunction
}

export interface Post {
  url: string
  headers: Readonly<Record<string, string>>
  body: string
}

/** Why something was not delivered. A `final` one is not tried again. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError'
  readonly final: boolean
  readonly retryAfterMs: number | undefined
  constructor(message: string, options: { final: boolean; retryAfterMs?: number | undefined }) {
    super(message)
    this.final = options.final
    this.retryAfterMs = options.retryAfterMs
  }
}

const TIMEOUT_MS = 10_000
const REDIRECTS_MAX = 3
const ANSWER_MAX_BYTES = 65_536
const SHOWN_MAX = 200

interface Answer {
  status: number
  location: string | null
  retryAfter: string | null
  body: string
}

/**
 * Sends the body; redirects are followed where they keep it (307 and 308).
 * @returns the body of the answer, at most 64 KiB
 * @throws {DeliveryError} unless the answer is 2xx
 */
export async function post(given: Post, policy: PostPolicy): Promise<string> {
  let url = new URL(given.url)
  for (let redirects = 0; ; redirects += 1) {
    const answer = await send(url, given, policy)
    const { status, location } = answer
    if (status >= 200 && status < 300) return answer.body
    if ((status !== 307 && status !== 308) || location === null) throw refusal(url, answer)
    if (redirects === REDIRECTS_MAX)
      throw new DeliveryError(`more than ${REDIRECTS_MAX} redirects`, { final: false })
    const next = URL.canParse(location, url.href) ? new URL(location, url) : null
    if (
      next === null ||
      !/^https?:$/u.test(next.protocol) ||
      (url.protocol === 'https:' && next.protocol === 'http:')
    )
      throw new DeliveryError('it redirects to where nothing is sent', { final: true })
    // Headers may hold keys, which are for the first host.
    if (next.host !== url.host && Object.keys(given.headers).some((name) => /^authorization$/iu.test(name)))
      throw new DeliveryError('it redirects to another host, which does not get the key', { final: true })
    url = next
  }
}

function send(url: URL, { headers, body }: Post, policy: PostPolicy): Promise<Answer> {
  const agent = agentFor(url.href, {
    allowIPAddressList: [...policy.allowedAddresses],
    denyIPAddressList: networksSetAside(),
    keepAlive: false,
  })
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const sent = request(
    url,
    {
      method: 'POST',
      agent,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: { 'User-Agent': 'exectrail', ...headers, 'Content-Length': Buffer.byteLength(body) },
      ...(policy.lookup === undefined ? {} : { lookup: policy.lookup }),
    },
    (response) => {
      const answer = {
        status: response.statusCode ?? 0,
        location: response.headers.location ?? null,
        retryAfter: response.headers['retry-after'] ?? null,
      }
      readBounded(response).then(
        (answered) => resolve({ ...answer, body: answered }),
        (error: unknown) => reject(toDeliveryError(error)),
      )
    },
  )
  sent.on('error', (error) => reject(toDeliveryError(error)))
  sent.end(body)
  return promise
}

async function readBounded(response: Readable): Promise<string> {
  let left = ANSWER_MAX_BYTES
  const bounded = async function* (): AsyncGenerator<Buffer, void, undefined> {
    for await (const chunk of response) {
      const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
      yield bytes.subarray(0, left)
      left -= bytes.length
      if (left <= 0) return
    }
  }
  return text(Readable.from(bounded()))
}

/** What the agent refuses says so in its message. */
function toDeliveryError(error: unknown): DeliveryError {
  const message = error instanceof Error ? error.message || error.name : String(error)
  if (/is not allowed\. Because/u.test(message))
    return new DeliveryError(
      'its address is private; EXECTRAIL_ALERT_ADDRESSES names private addresses that may be reached',
      { final: true },
    )
  if (error instanceof Error && error.name === 'TimeoutError')
    return new DeliveryError(`no answer within ${TIMEOUT_MS / 1000} s`, { final: false })
  return new DeliveryError(message, { final: false })
}

function refusal({ host }: URL, { status, retryAfter, body }: Answer): DeliveryError {
  const shown = body.replaceAll(/\s+/gu, ' ').slice(0, SHOWN_MAX)
  const seconds = Number(retryAfter)
  return new DeliveryError(`${host} answered ${status}${shown === '' ? '' : `: ${shown}`}`, {
    // Gone, as Standard Webhooks has it: the receiver wants no more.
    final: status === 410,
    retryAfterMs: retryAfter !== null && Number.isFinite(seconds) ? seconds * 1000 : undefined,
  })
}
