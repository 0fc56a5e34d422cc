/** What a request carries through the handlers, and what the app is made of. */
import type { Context } from 'hono'
import type { Executor } from '../executor/executor.ts'
import type { CollectorMetrics } from '../stack/collector/metrics.ts'
import type { ComponentStatus } from '../stack/stack.ts'
import type { ApiKey, KeyStore } from '../service/keys.ts'
import type { Store } from '../store/client.ts'

/** Everything the HTTP surface needs; it starts and stops none of it. */
export interface AppParts {
  version: string
  store: Store
  /** The store with the rights that callers' SQL has. */
  sqlStore: Store
  executor: Pick<Executor, 'execute' | 'runtimes' | 'status' | 'metrics'>
  keys: KeyStore
  /** State of the supervised parts (Collector, store); empty where none is supervised. */
  parts: () => readonly ComponentStatus[]
  /** The Collector's own metrics; null where it is not ours to ask. Rejects when it does not answer. */
  collector: () => Promise<CollectorMetrics | null>
  /** Takes one line about a fault of ours; no caller's text in it is unescaped. */
  log: (line: string) => void
}

export interface ApiEnv {
  Variables: {
    requestId: string
    key: ApiKey
  }
}

export type ApiContext = Context<ApiEnv>
