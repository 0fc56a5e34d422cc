/** The HTTP service in a process of its own, as `exectrail up` runs it, without a store: it answers POST /v1/executions. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createApp } from '../../src/api/app.ts'
import { readDashboard } from '../../src/api/dashboard-files.ts'
import { serve } from '../../src/api/server.ts'
import { KEY_SCOPES } from '../../src/metadata/key-scopes.ts'
import type { ApiKey, KeyStore } from '../../src/service/keys.ts'
import { createStore, type StoreOptions } from '../../src/store/client.ts'
import { createBenchExecutor } from './executor.ts'

/** The key the service takes. */
export const SERVICE_KEY = 'bench-key'
const NO_STORE = { url: 'http://127.0.0.1:9', user: 'default', password: '', database: 'exectrail' }

const ADMINISTRATOR: ApiKey = { id: 'bench', name: 'bench', scope: 'all', scopes: KEY_SCOPES }
const KEYS: KeyStore = {
  find: (secret) => Promise.resolve(secret === SERVICE_KEY ? ADMINISTRATOR : null),
}

export interface BenchService {
  url: string
  /** Its resident memory, bytes. */
  memory(): Promise<number>
  /** What its heap and its buffers hold after a collection, bytes. */
  heldMemory(): Promise<number>
  stop(): Promise<void>
}

/** Starts one on a free port, with its home in `home`; without a store it only runs code. */
export async function startService(
  home: string,
  receiver: { url: string },
  store: StoreOptions = NO_STORE,
  /** Directory of the built dashboard. */
  dashboard = '',
): Promise<BenchService> {
  const child = fork(import.meta.filename, [home, receiver.url, JSON.stringify(store), dashboard], {
    execArgv: ['--expose-gc'],
  })
  const [url] = await once(child, 'message')
  const ask = async (question: keyof typeof MEMORY): Promise<number> => {
    child.send(question)
    const [bytes] = await once(child, 'message')
    return Number(bytes)
  }
  return {
    url: String(url),
    memory: () => ask('memory'),
    heldMemory: () => ask('heldMemory'),
    async stop() {
      child.send('stop')
      await once(child, 'exit')
    },
  }
}

const MEMORY = {
  memory: () => process.memoryUsage.rss(),
  heldMemory: () => {
    globalThis.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  },
}

function isQuestion(message: unknown): message is keyof typeof MEMORY {
  return typeof message === 'string' && Object.hasOwn(MEMORY, message)
}

interface Given {
  home: string
  receiverUrl: string
  storeOptions: StoreOptions
  dashboard: string
}

async function run(
  { home, receiverUrl, storeOptions, dashboard }: Given,
  send: (message: unknown) => void,
): Promise<void> {
  const executor = await createBenchExecutor(home, { url: receiverUrl })
  const store = createStore(storeOptions)
  const app = createApp({
    version: 'bench',
    store,
    callerStore: null,
    hostNames: null,
    sqlStore: store,
    executor,
    keys: KEYS,
    metadata: null,
    dashboard: dashboard === '' ? null : readDashboard(dashboard),
    components: () => [],
    collector: () => Promise.resolve(null),
    log: (line) => console.error(line),
  })
  const service = await serve(app, { port: 0 })
  const stop = async (): Promise<void> => {
    await service.close(0)
    await executor.close(60_000)
    await store.close()
    process.disconnect()
  }
  process.on('message', (message) => {
    if (isQuestion(message)) send(MEMORY[message]())
    else void stop()
  })
  send(service.url)
}

if (import.meta.main && process.send !== undefined) {
  const [home = '', receiverUrl = '', store = '', dashboard = ''] = process.argv.slice(2)
  await run({ home, receiverUrl, storeOptions: JSON.parse(store), dashboard }, process.send.bind(process))
}
