/** HTTP client of the running service, with the API key of this home. */
import { streamEvents, type StreamEvent } from '../client/events.ts'
import type { ContentInput, OutFileInput } from '../client/content.ts'
import { createClient, ProblemError, type CallOptions, type QueryInput } from '../client/index.ts'
import type { Config } from '../config.ts'
import { readEndpoints } from '../stack/endpoints.ts'
import { parseExactly } from '../exact-json.ts'
import { ExectrailError, type ErrorCode } from '../errors.ts'
import { readCliKey } from '../service/key-file.ts'

export type Query = QueryInput

export interface ServiceClient {
  readonly url: string
  /** GETs JSON. @throws {ExectrailError} from the service's problem */
  get<T>(path: string, query?: Query): Promise<T>
  /** Server-sent events, resumed where a connection is lost. @throws {ExectrailError} as `get`, before the first */
  stream(path: string, query?: Query): AsyncGenerator<StreamEvent, void, undefined>
  /** POSTs JSON. @throws {ExectrailError} from the service's problem */
  post<T>(path: string, body: unknown, options?: PostOptions): Promise<T>
  /** PUTs JSON. @throws {ExectrailError} from the service's problem */
  put<T>(path: string, body: unknown, query?: Query): Promise<T>
  /** PATCHes JSON. @throws {ExectrailError} from the service's problem */
  patch<T>(path: string, body: unknown, query?: Query): Promise<T>
  /** A file of executions; reading it fails where it is incomplete. @throws {ExectrailError} from the service's problem */
  exportExecutions(query: Query): Promise<ReadableStream<Uint8Array>>
  /** Whole content of an execution; reading it fails where it is incomplete. @throws {ExectrailError} from the service's problem */
  openContent(input: ContentInput): Promise<ReadableStream<Uint8Array>>
  /** A file of `/out`; reading it fails where it is incomplete. @throws {ExectrailError} from the service's problem */
  openOutFile(input: OutFileInput): Promise<ReadableStream<Uint8Array>>
  /** DELETEs. @throws {ExectrailError} from the service's problem */
  delete<T>(path: string, query?: Query): Promise<T>
}

interface PostOptions extends Pick<CallOptions, 'signal' | 'timeoutMs'> {
  query?: Query
}

/**
 * Finds the service of this home.
 * @throws {ExectrailError} when no service runs or no key is known
 */
export async function findService(config: Config): Promise<ServiceClient> {
  const { url, key } = await findAddress(config)
  return clientFor(url, key)
}

/** Where the service of this home is, and the key for it. @throws as `findService` */
export async function findAddress(config: Config): Promise<{ url: string; key: string }> {
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
  return { url: endpoints.service, key }
}

/** A client for a service at `url`, without trailing slash. Answers at once: what asks again is the person. */
export function clientFor(url: string, key: string): ServiceClient {
  const { request, exportExecutions, openContent, openOutFile } = createClient({
    url,
    key,
    parse: parseExactly,
    retries: 0,
  })
  return {
    url,
    get: (path, query) => request<never>({ method: 'GET', path, query }).catch(rethrow),
    async *stream(path, query) {
      try {
        yield* streamEvents({ url, key, parse: parseExactly }, { method: 'GET', path, query })
      } catch (error) {
        rethrow(error)
      }
    },
    post: (path, body, { query, ...options } = {}) =>
      request<never>({ method: 'POST', path, body, query }, options).catch(rethrow),
    exportExecutions: (query) => exportExecutions(query).catch(rethrow),
    put: (path, body, query) => request<never>({ method: 'PUT', path, body, query }).catch(rethrow),
    openContent: (input) => openContent(input).catch(rethrow),
    openOutFile: (input) => openOutFile(input).catch(rethrow),
    patch: (path, body, query) => request<never>({ method: 'PATCH', path, body, query }).catch(rethrow),
    delete: (path, query) => request<never>({ method: 'DELETE', path, query }).catch(rethrow),
  }
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
  'rate_limited',
  'budget_exceeded',
  'store_unavailable',
  'metadata_unavailable',
  'query_refused',
  'blobs_unavailable',
  'blob_refused',
  'blob_damaged',
  'content_pending',
  'content_expired',
  'content_not_kept',
]

/** The service's problem as an error of the command line. */
function rethrow(error: unknown): never {
  if (!(error instanceof ProblemError)) throw error
  const silent = error.status === 0
  const code = silent ? 'store_unavailable' : (CODES.find((known) => known === error.code) ?? 'stack_failed')
  const hint = silent
    ? 'Run `exectrail doctor` to see which part is down, or `exectrail up` to start it.'
    : error.hint
  throw new ExectrailError(code, error.message, { hint, issues: error.errors, cause: error })
}
