/** The real HTTP surface on a port of its own, over a store and an executor given by the test. */
import { hash } from 'node:crypto'
import { expect } from 'vitest'
import { createApp } from '../../src/api/app.ts'
import type { AppDependencies } from '../../src/api/context.ts'
import { namesOf } from '../../src/api/hosts.ts'
import { serve } from '../../src/api/server.ts'
import { createExecutor } from '../../src/executor/executor.ts'
import { KEY_SCOPES, USUAL_SCOPES } from '../../src/metadata/key-scopes.ts'
import type { ApiKey, KeyStore } from '../../src/service/keys.ts'
import { createStore, type Store } from '../../src/store/client.ts'
import { offlineConfig } from './configuration.ts'
import { temporaryDirectory } from './directory.ts'

export const ADMIN_KEY = 'key-of-an-administrator'
export const ACME_KEY = 'key-of-organization-acme'
export const GLOBEX_KEY = 'key-of-organization-globex'
/** They administer their organization, not the installation. */
export const ACME_ADMIN_KEY = 'key-of-an-administrator-of-acme'
export const GLOBEX_ADMIN_KEY = 'key-of-an-administrator-of-globex'
/** Bound to the workspace `w1` of acme. */
export const WORKSPACE_KEY = 'key-of-a-workspace-of-acme'
/** Each has one scope in acme. */
export const READ_KEY = 'key-that-reads-in-acme'
export const EXECUTE_KEY = 'key-that-executes-in-acme'

const acme = { organizationId: 'acme' }
const KNOWN: Readonly<Record<string, Omit<ApiKey, 'id'>>> = {
  [ADMIN_KEY]: { name: 'administrator', scope: 'all', scopes: KEY_SCOPES },
  [ACME_KEY]: { name: 'acme', scope: acme, scopes: USUAL_SCOPES },
  [GLOBEX_KEY]: { name: 'globex', scope: { organizationId: 'globex' }, scopes: USUAL_SCOPES },
  [ACME_ADMIN_KEY]: { name: 'ada', scope: acme, scopes: KEY_SCOPES },
  [GLOBEX_ADMIN_KEY]: { name: 'gus', scope: { organizationId: 'globex' }, scopes: KEY_SCOPES },
  [WORKSPACE_KEY]: { name: 'w1', scope: { ...acme, workspaceId: 'w1' }, scopes: USUAL_SCOPES },
  [READ_KEY]: { name: 'reader', scope: acme, scopes: ['read'] },
  [EXECUTE_KEY]: { name: 'runner', scope: acme, scopes: ['execute'] },
}
/** The same for a key each time. */
function idOf(secret: string): string {
  return hash('md5', secret).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** The keys of a service under test. */
const KEYS: KeyStore = {
  find(secret) {
    const found = KNOWN[secret]
    return Promise.resolve(found === undefined ? null : { id: idOf(secret), ...found })
  },
}

export interface TestService {
  url: string
  /** What the service logged. */
  logged: string[]
  /** Asks with the administrator's key unless the init has headers of its own. */
  ask(path: string, init?: RequestInit): Promise<Response>
  /** Asks, expects `status`, and reads the JSON. */
  json<T = Record<string, unknown>>(path: string, status?: number, init?: RequestInit): Promise<T>
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  instance: string
  code: string
  hint?: string
  requestId: string
  errors?: { path: string; message: string }[]
}

/** Reads a reply that must be a problem and agree with its own headers. */
export async function readProblem(answer: Response): Promise<Problem> {
  expect(answer.headers.get('Content-Type')).toBe('application/problem+json')
  const body = (await answer.json()) as Problem
  expect(body).toMatchObject({ status: answer.status, requestId: answer.headers.get('X-Request-Id') })
  return body
}

/** Headers that carry a key. */
export function withKey(key: string): { headers: Record<string, string> } {
  return { headers: { Authorization: `Bearer ${key}` } }
}

export async function startService(
  parts: Pick<AppDependencies, 'store' | 'executor'> &
    Partial<
      Pick<
        AppDependencies,
        | 'components'
        | 'collector'
        | 'callerStore'
        | 'signozUrl'
        | 'contentDays'
        | 'blobs'
        | 'keys'
        | 'metadata'
        | 'dashboard'
        | 'readBlob'
        | 'registry'
      >
    >,
): Promise<TestService> {
  const logged: string[] = []
  const app = createApp({
    version: '0.0.0-test',
    keys: KEYS,
    metadata: null,
    dashboard: null,
    components: () => [],
    collector: () => Promise.resolve(null),
    log: (line) => logged.push(line),
    sqlStore: parts.store,
    callerStore: null,
    hostNames: namesOf({ host: '127.0.0.1', allowedHosts: ['exectrail.example'] }),
    ...parts,
  })
  const listening = await serve(app, { port: 0 })
  const ask = (path: string, init: RequestInit = withKey(ADMIN_KEY)): Promise<Response> =>
    fetch(`${listening.url}${path}`, { redirect: 'manual', ...init })
  return {
    url: listening.url,
    logged,
    ask,
    async json(path, status = 200, init = withKey(ADMIN_KEY)) {
      const answer = await ask(path, init)
      const text = await answer.text()
      if (answer.status !== status)
        throw new Error(`${path} answered ${answer.status}, not ${status}: ${text}`)
      return JSON.parse(text)
    },
    post: (path, body, headers = {}) =>
      ask(path, {
        method: 'POST',
        headers: { ...withKey(ADMIN_KEY).headers, 'Content-Type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    close: () => listening.close(100),
    [Symbol.asyncDispose]: () => listening.close(100),
  }
}

/** A store that does not answer. */
export function absentStore(): Store {
  return createStore({ url: 'http://127.0.0.1:9', user: 'default', password: '', database: 'exectrail' })
}

/**
 * The surface over a store that does not answer and an executor without a Collector: for what must not need
 * the store, or must say that it is away.
 */
export async function startOfflineService(
  change: Partial<AppDependencies['executor']> = {},
  others: Partial<Pick<AppDependencies, 'keys' | 'metadata'>> = {},
): Promise<TestService> {
  const parts = new AsyncDisposableStack()
  const home = parts.use(await temporaryDirectory())
  const executor = await createExecutor({ config: offlineConfig(home.path) })
  parts.defer(async () => void (await executor.close(0)))
  const store = absentStore()
  parts.defer(() => store.close())
  const service = parts.use(await startService({ store, executor: { ...executor, ...change }, ...others }))
  const close = (): Promise<void> => parts.disposeAsync()
  return { ...service, close, [Symbol.asyncDispose]: close }
}
