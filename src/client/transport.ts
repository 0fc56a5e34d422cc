/** Sends requests to the service, and sends them again where that is safe. */
import { ProblemError, readProblem } from './problem-error.ts'

export interface ClientOptions {
  /** Where the service is, such as http://127.0.0.1:7070. */
  url: string
  /** An API key; absent where something between adds it. */
  key?: string | undefined
  /** Wall time of a call with all its attempts, ms. @default 60_000, and the time limit of the code on top for a run */
  timeoutMs?: number | undefined
  /** Attempts after the first. @default 3 */
  retries?: number | undefined
  fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined
  /** Reads a reply. @default JSON.parse, which rounds integers beyond 2^53 */
  parse?: ((text: string) => unknown) | undefined
}

export interface CallOptions {
  signal?: AbortSignal | undefined
  /** As of the client, for this call. */
  timeoutMs?: number | undefined
  headers?: Readonly<Record<string, string>> | undefined
}

type Value = string | number | boolean | Date
/** A list is given by repeating its name. */
export type QueryInput = Readonly<Record<string, Value | readonly Value[] | undefined>>

export interface ServiceRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Begins with a slash. */
  path: string
  query?: QueryInput | undefined
  body?: unknown
  /** A second delivery changes nothing. @default true except for POST */
  repeatable?: boolean | undefined
}

const TIMEOUT_MS = 60_000
const RETRIES = 3
const FIRST_DELAY_MS = 250
const DELAY_MAX_MS = 8_000
/** A service that asks for a longer wait is not waited for. */
const RETRY_AFTER_MAX_MS = 30_000

/**
 * Sends a request and reads the JSON of the reply.
 * @throws {ProblemError} from the service, or `unreachable` or `timed_out`; the signal's reason when it aborts
 */
export async function send<T>(
  client: ClientOptions,
  request: ServiceRequest,
  options: CallOptions = {},
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? client.timeoutMs ?? TIMEOUT_MS
  const timeout = AbortSignal.timeout(timeoutMs)
  const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout])
  for (let attempt = 0; ; attempt += 1) {
    try {
      const response = await open(client, request, { ...options, signal })
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the service is of the same version
      return read(response, await response.text(), client.parse) as T
    } catch (error) {
      options.signal?.throwIfAborted()
      const failed = timeout.aborted ? timedOut(client.url, timeoutMs, error) : toProblem(client.url, error)
      const delay = delayAfter(failed, attempt)
      if (attempt >= (client.retries ?? RETRIES) || delay === null || !mayRepeat(request, failed))
        throw failed
      await pause(delay, signal).catch(() => undefined)
      options.signal?.throwIfAborted()
      if (timeout.aborted) throw failed
    }
  }
}

/** Opens one request, without attempts beyond the first. @throws {ProblemError} for a reply that is not a success */
export async function open(
  client: ClientOptions,
  { method, path, query, body }: ServiceRequest,
  { signal, headers }: CallOptions,
): Promise<Response> {
  const { key, fetch: fetchOnce = fetch } = client
  const response = await fetchOnce(`${client.url.replace(/\/+$/, '')}${path}${toSearch(query)}`, {
    method,
    headers: {
      Accept: 'application/json',
      ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  })
  if (response.ok) return response
  throw readProblem(response, await response.text())
}

/** Lists of names that the service reads from one value. */
const JOINED: ReadonlySet<string> = new Set(['fields', 'topic'])

function toSearch(query: QueryInput = {}): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    const values = value === undefined ? [] : [value].flat().map(toText)
    for (const one of JOINED.has(name) && values.length > 0 ? [values.join(',')] : values)
      given.append(name, one)
  }
  return given.size === 0 ? '' : `?${given.toString()}`
}

function toText(value: Value): string {
  return value instanceof Date ? value.toISOString() : String(value)
}

function read(response: Response, text: string, parse: (text: string) => unknown = JSON.parse): unknown {
  if (response.status === 204) return undefined
  try {
    return parse(text)
  } catch (cause) {
    throw new ProblemError(
      { code: 'unexpected_reply', detail: 'the reply is not JSON: something else answers at this address' },
      { status: response.status, cause },
    )
  }
}

/** What refused before it began may be sent again; after a lost connection only what is repeatable. */
function mayRepeat(
  { method, repeatable = method !== 'POST' }: ServiceRequest,
  failed: ProblemError,
): boolean {
  if (failed.status === 429 || failed.code === 'store_unavailable') return true
  if (failed.code === 'unreachable' || [502, 503, 504].includes(failed.status))
    return repeatable && failed.code !== 'runtime_unavailable'
  return false
}

/** Doubles from attempt to attempt, with jitter; null where the service asks for more patience than ours. */
function delayAfter({ retryAfterMs }: ProblemError, attempt: number): number | null {
  if (retryAfterMs !== undefined && retryAfterMs > RETRY_AFTER_MAX_MS) return null
  const backoff = Math.min(DELAY_MAX_MS, FIRST_DELAY_MS * 2 ** attempt) * (0.5 + Math.random() / 2)
  return Math.max(backoff, retryAfterMs ?? 0)
}

/** @throws the signal's reason when it aborts first */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

const UNREACHABLE_HINT = 'Check the address, and with `exectrail doctor` which part is down.'

function timedOut(url: string, timeoutMs: number, cause: unknown): ProblemError {
  const detail = `the service at ${url} did not answer within ${timeoutMs / 1000} s`
  return new ProblemError({ code: 'timed_out', detail, hint: UNREACHABLE_HINT }, { status: 0, cause })
}

function toProblem(url: string, error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  const detail = `the service at ${url} does not answer`
  return new ProblemError(
    { code: 'unreachable', detail, hint: UNREACHABLE_HINT },
    { status: 0, cause: error },
  )
}
