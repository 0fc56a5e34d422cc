/** Variables of a request, and the dependencies of the app. */
import type { ServerResponse } from 'node:http'
import type { Context } from 'hono'
import type { Seal } from '../alerts/channels/seal.ts'
import type { Outlets } from '../alerts/channels/send.ts'
import type { Executor } from '../executor/executor.ts'
import type { CollectorMetrics } from '../stack/collector/metrics.ts'
import type { ComponentStatus } from '../stack/stack.ts'
import type { ApiKey, KeyStore } from '../service/keys.ts'
import type { Blobs } from '../service/open-content.ts'
import type { InstallParts } from '../service/registry/install.ts'
import type { PublishParts } from '../service/registry/publish.ts'
import type { ReadBlob } from '../service/whole-request.ts'
import type { Store } from '../store/client.ts'
import type { DashboardFiles } from './dashboard-files.ts'
import type { Metadata } from './metadata.ts'

/** What the app depends on; the caller starts and stops it. */
export interface AppDependencies {
  version: string
  store: Store
  /** The store as the user for callers' SQL. */
  sqlStore: Store
  /** The store as the user for the SQL of bound keys; null where none is safe. */
  callerStore: Store | null
  executor: Pick<Executor, 'submit' | 'executions' | 'peers' | 'prices' | 'runtimes' | 'status' | 'metrics'>
  keys: KeyStore
  /** Names by which it may be called; null for any. See hosts.ts. */
  hostNames: ReadonlySet<string> | null
  /** Null: keys, states of errors and the audit log are not served. */
  metadata: Metadata | null
  /** What channels of alerts may use; absent: only public addresses. */
  alertOutlets?: Outlets
  /** Seals secrets of channels; absent: they are stored as they are. */
  alertSeal?: Seal
  /** How versions of code agents are checked; absent: only their definition is. */
  registry?: RegistryChecks
  /** Where whole content is; null or absent: blobs are switched off. */
  blobs?: Blobs | null
  /** Null: `/` is a page of links. */
  dashboard: DashboardFiles | null
  /** State of the supervised components (Collector, store); empty when there are none. */
  components: () => readonly ComponentStatus[]
  /** The Collector's own metrics; null for an external Collector. Rejects when it does not answer. */
  collector: () => Promise<CollectorMetrics | null>
  /** Where SigNoz shows traces, without a trailing slash; absent without a SigNoz. */
  signozUrl?: string | null
  /** Content of executions goes after so many days; null or absent: with them. */
  contentDays?: number | null
  /** Links to content are signed with it too; null or absent: what Postgres has is enough. */
  secretsKey?: string | null
  /** Whole texts that records hold in part; null or absent: they cannot be replayed. */
  readBlob?: ReadBlob | null
  /** Logs one line about an internal error; text from callers is escaped. */
  log: (line: string) => void
}

export type RegistryChecks = Pick<PublishParts, 'check'> & Pick<InstallParts, 'signatures'>

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
