/** HTTP client of the running service, with the API key of this home. */
import type { Config } from '../config.ts'
import { readEndpoints } from '../stack/endpoints.ts'
import { parseExactly } from '../exact-json.ts'
import { ExectrailError, type ErrorCode, type Issue } from '../errors.ts'
import { readCliKey } from '../service/keys.ts'

const TIMEOUT_MS = 60_000

/** A list is given by repeating its name. */
export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>

export interface ServiceClient {
  readonly url: string
  /** GETs JSON. @throws {ExectrailError} from the service's problem */
  get<T>(path: string, query?: Query): Promise<T>
  /** POSTs JSON. @throws {ExectrailError} from the service's problem */
  post<T>(path: string, body: unknown): Promise<T>
}

/**
 * Finds the service of this home.
 * @throws {ExectrailError} when no service runs or no key is known
 */
export async function findService(config: Config): Promise<ServiceClient> {
  const endpoints = await readEndpoints(config.home)
  if (endpoints === null) {
    throw new ExectrailError('store_unavailable', `no exectrail service runs for ${config.home}`, {
      hint: 'Start one with `exectrail up`, or point EXECTRAIL_HOME at the home of a running one.',
    })
  }
  const key = await readCliKey(config.home, config.apiKey)
  if (key === null) {
    throw new ExectrailError('unauthorized', 'the key of this home is not known here', {
      hint: 'Set EXECTRAIL_API_KEY to the key that `exectrail up` was started with.',
    })
  }
  return clientFor(endpoints.service, key)
}

/** A client for a service at `url`, without trailing slash. */
export function clientFor(url: string, key: string): ServiceClient {
  const headers = { Authorization: `Bearer ${key}`, Accept: 'application/json' }
  return {
    url,
    get: (path, query = {}) => send(withQuery(`${url}${path}`, query), { headers }),
    post: (path, body) =>
      send(`${url}${path}`, {
        method: 'POST',
        headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      }),
  }
}

function withQuery(url: string, query: Query): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    for (const one of value === undefined ? [] : [value].flat()) given.append(name, String(one))
  return given.size === 0 ? url : `${url}?${given.toString()}`
}

async function send<T>(url: string, init: RequestInit): Promise<T> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(
    (cause: unknown) => {
      throw unreachable(new URL(url).origin, cause)
    },
  )
  const body = parse(await response.text())
  if (response.ok && body !== undefined) return body
  throw toError(response.status, body ?? {})
}

function unreachable(origin: string, cause: unknown): ExectrailError {
  const late = cause instanceof Error && cause.name === 'TimeoutError'
  const what = late ? `did not answer within ${TIMEOUT_MS / 1000} s` : 'does not answer'
  return new ExectrailError('store_unavailable', `the service at ${origin} ${what}`, {
    hint: 'Run `exectrail doctor` to see which part is down, or `exectrail up` to start it.',
    cause,
  })
}

const CODES: readonly ErrorCode[] = [
  'invalid_request',
  'unauthorized',
  'forbidden',
  'not_found',
  'conflict',
  'not_replayable',
  'runtime_unavailable',
  'capacity',
  'store_unavailable',
  'query_refused',
]

interface Problem {
  code?: unknown
  detail?: unknown
  hint?: unknown
  errors?: unknown
}

function toError(status: number, problem: Problem): ExectrailError {
  const code = CODES.find((known) => known === problem.code) ?? 'stack_failed'
  const message =
    typeof problem.detail === 'string' ? problem.detail : `the service answered with status ${status}`
  const hint = typeof problem.hint === 'string' ? problem.hint : undefined
  return new ExectrailError(code, message, { hint, issues: toIssues(problem.errors) })
}

function toIssues(errors: unknown): Issue[] {
  if (!Array.isArray(errors)) return []
  return errors.map((issue: Partial<Issue>) => ({ path: String(issue.path), message: String(issue.message) }))
}

/** The body, unchecked: the service has the same version. */
function parse(text: string): ReturnType<typeof JSON.parse> {
  try {
    return parseExactly(text)
  } catch {
    return undefined
  }
}
