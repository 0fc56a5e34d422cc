/** Variables of a request, and the dependencies of the app. */
import type { ServerResponse } from 'node:http'
import type { Context } from 'hono'
import type { Executor } from '../executor/executor.ts'
import type { CollectorMetrics } from '../stack/collector/metrics.ts'
import type { ComponentStatus } from '../stack/stack.ts'
import type { ApiKey, KeyStore } from '../service/keys.ts'
import type { Store } from '../store/client.ts'
import type { Metadata } from './metadata.ts'

/** What the app depends on; the caller starts and stops it. */
export interface AppDependencies {
  version: string
  store: Store
  /** The store as the user for callers' SQL. */
  sqlStore: Store
  /** The store as the user for the SQL of bound keys; null where none is safe. */
  callerStore: Store | null
  executor: Pick<Executor, 'submit' | 'executions' | 'peers' | 'runtimes' | 'status' | 'metrics'>
  keys: KeyStore
  /** Names by which it may be called; null for any. See hosts.ts. */
  hostNames: ReadonlySet<string> | null
  /** Null: keys, states of errors and the audit log are not served. */
  metadata: Metadata | null
  /** State of the supervised components (Collector, store); empty when there are none. */
  components: () => readonly ComponentStatus[]
  /** The Collector's own metrics; null for an external Collector. Rejects when it does not answer. */
  collector: () => Promise<CollectorMetrics | null>
  /** Where SigNoz shows traces, without a trailing slash; absent without a SigNoz. */
  signozUrl?: string | null
  /** Logs one line about an internal error; text from callers is escaped. */
  log: (line: string) => void
}

export interface ApiEnv {
  /** Node's response, where the app is served on a socket. */
  Bindings: { outgoing?: ServerResponse }
  Variables: {
    requestId: string
    key: ApiKey
    /** Whether the key is still valid, for replies that last. */
    keyHolds: () => Promise<boolean>
  }
}

export type ApiContext = Context<ApiEnv>
