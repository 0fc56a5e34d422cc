/** The stack that exectrail starts and supervises: store, Collector and metadata. The caller runs the service. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { ExectrailError, messageOf } from '../errors.ts'
import { startCollector, type CollectorComponent } from './collector-component.ts'
import { removeEndpoints, writeEndpoints, type Endpoints } from './endpoints.ts'
import { lockHome } from './home-lock.ts'
import { findCollector } from '../provision/collector/collector.ts'
import type { ComponentStatus } from './component.ts'
import { startMetadata, type MetadataComponent } from './metadata-component.ts'
import { startStore, type StoreComponent } from './store-component.ts'
import type { StoreUsers } from './store-users.ts'

export type { ComponentStatus } from './component.ts'

export interface Stack {
  /** Where the store and the Collector listen, and the store's credentials. */
  readonly endpoints: Omit<Endpoints, 'service'>
  /** Credentials of the store's users. */
  readonly storeUsers: StoreUsers
  /** Connection URL of the metadata. */
  readonly metadataUrl: string
  /** Preferred port of the service; 0 means any. */
  readonly servicePort: number
  /** To be called when the service listens. Writes endpoints.json (0600) and resolves to its content. */
  publish(service: string): Promise<Endpoints>
  components(): readonly ComponentStatus[]
  /** Stops the Collector, then the store and the metadata, removes endpoints.json and releases the home. */
  stop(): Promise<void>
}

/**
 * Starts the embedded store, Postgres and the Collector of `config.home`, unless the environment names external ones, and
 * migrates the store and the metadata. `report` gets one line per step.
 * @throws {ExectrailError} `stack_failed`; nothing is left running.
 */
export async function startStack(config: Config, report: (line: string) => void): Promise<Stack> {
  await prepareHome(config.home)
  const undo: (() => Promise<void>)[] = []
  const undoAll = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const lock = await lockHome(config.home)
    undo.push(async () => lock.release())
    // A killed stack may have left its endpoints.json.
    await removeEndpoints(config.home)
    undo.push(() => removeEndpoints(config.home))
    // Installing the Collector may take minutes the first time, so the store starts in parallel.
    const finding = config.otlpEndpoint === null ? findCollector({ config, report }) : null
    finding?.catch(() => undefined)
    const startingMetadata = startMetadata(config, report)
    startingMetadata.catch(() => undefined)
    undo.push(() =>
      startingMetadata.then(
        (started) => started.stop(),
        () => undefined,
      ),
    )
    const store = await startStore(config, report)
    undo.push(() => store.stop())
    const collector = await startCollector(config, {
      program: await finding,
      store: store.users.collector,
      report,
    })
    undo.push(() => collector.stop())
    const metadata = await startingMetadata
    return createStack(config, { store, collector, metadata }, undoAll)
  } catch (error) {
    await undoAll()
    throw error
  }
}

interface Components {
  store: StoreComponent
  collector: CollectorComponent
  metadata: MetadataComponent
}

function createStack(
  config: Config,
  { store, collector, metadata }: Components,
  undoAll: () => Promise<void>,
): Stack {
  const endpoints = { ...store.endpoints, ...collector.endpoints, ...metadata.endpoints }
  return {
    endpoints,
    storeUsers: store.users,
    metadataUrl: metadata.url,
    servicePort: config.port,
    async publish(service) {
      const published = { service, ...endpoints }
      await writeEndpoints(config.home, published)
      return published
    },
    components: () => [store, collector, metadata].map((component) => component.status()),
    stop: undoAll,
  }
}

/** Creates the home. @throws {ExectrailError} `stack_failed` when it cannot be */
export async function prepareHome(home: string): Promise<void> {
  try {
    await mkdir(join(home, 'logs'), { recursive: true, mode: 0o700 })
  } catch (error) {
    throw new ExectrailError('stack_failed', `${home} cannot be created or written: ${messageOf(error)}`, {
      hint: 'set EXECTRAIL_HOME to a directory you may write, on a disk with room',
      cause: error,
    })
  }
}
