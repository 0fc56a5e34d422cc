/**
 * A stand-in for Supabase Storage: the part of its REST and its resumable uploads (TUS) that exectrail uses, with the
 * answers of the real server, kept in memory. Tests make it fail as servers and networks do.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { answerRest } from './rest.ts'
import { refuse } from './refusals.ts'
import { answerTus, type Upload } from './tus.ts'

/**
 * refuse-early: answers before the body was read and closes the socket; drop: closes it in the middle of the body; error: 500;
 * slow: answers late; too-large: 413, as bodies say it; silent: takes the request and closes without an answer.
 */
export type Fault = 'refuse-early' | 'drop' | 'error' | 'slow' | 'too-large' | 'silent'

export interface StorageState {
  readonly key: string
  /** Objects of each bucket by their names. */
  readonly buckets: Map<string, Map<string, Buffer>>
  readonly uploads: Map<string, Upload>
  /** Requests of a method and a start of the path fail so, each once, in order. */
  readonly faults: { on: RegExp; fault: Fault }[]
  /** `METHOD /path` of every request. */
  readonly requests: string[]
}

export interface StorageStandIn extends AsyncDisposable {
  url: string
  state: StorageState
}

const SLOW_MS = 300
const BROKEN = { status: 500, code: 'InternalError', message: 'Internal server error' }
const TOO_LARGE = {
  status: 413,
  code: 'EntityTooLarge',
  message: 'The object exceeded the maximum allowed size',
}

export async function startStorageStandIn(key = 'service-role-key'): Promise<StorageStandIn> {
  const state: StorageState = { key, buckets: new Map(), uploads: new Map(), faults: [], requests: [] }
  const server = createServer((request, response) => {
    answer(state, request, response).catch(() => request.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    state,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function answer(
  state: StorageState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url = '' } = request
  const asked = `${method} ${url}`
  state.requests.push(asked)
  const at = state.faults.findIndex(({ on }) => on.test(asked))
  const [found] = at < 0 ? [] : state.faults.splice(at, 1)
  if (found !== undefined && (await fail(found.fault, request, response)) === 'done') return
  if (request.headers.authorization !== `Bearer ${state.key}`) {
    refuse(response, { status: 403, code: 'AccessDenied', message: 'signature verification failed' })
    return
  }
  const path = new URL(url, 'http://stand-in').pathname
  if (path.startsWith('/storage/v1/upload/resumable')) await answerTus(state, request, response)
  else await answerRest(state, request, response)
}

async function fail(
  fault: Fault,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<'done' | 'go on'> {
  if (fault === 'slow') {
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS))
    return 'go on'
  }
  if (fault === 'error' || fault === 'too-large') {
    request.resume()
    refuse(response, fault === 'error' ? BROKEN : TOO_LARGE)
    return 'done'
  }
  if (fault === 'refuse-early') {
    response.setHeader('connection', 'close')
    refuse(response, { ...BROKEN, code: 'DatabaseTimeout' })
    request.socket.destroySoon()
    return 'done'
  }
  if (fault === 'drop') await once(request, 'data')
  request.socket.destroy()
  return 'done'
}
