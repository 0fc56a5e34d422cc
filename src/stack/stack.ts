/** The parts exectrail starts and keeps alive: the store and the Collector. The service is the caller's. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { ExectrailError } from '../errors.ts'
import { startCollector, type CollectorComponent } from './collector-component.ts'
import { removeEndpoints, writeEndpoints, type Endpoints } from './endpoints.ts'
import { lockHome } from './home-lock.ts'
import { findCollector } from '../provision/collector/collector.ts'
import type { ComponentStatus } from './component.ts'
import { startStore, type StoreComponent } from './store-component.ts'
import type { StoreUsers } from './store-users.ts'

export type { ComponentStatus } from './component.ts'

export interface Stack {
  /** Where the store and the Collector listen, and the store's credentials. */
  readonly endpoints: Omit<Endpoints, 'service'>
  /** How each of the store's users reaches it. */
  readonly storeUsers: StoreUsers
  /** The port the service should try first; 0 means any. */
  readonly servicePort: number
  /** Call once the service listens: writes endpoints.json (0600) and resolves to what it holds. */
  publish(service: string): Promise<Endpoints>
  components(): readonly ComponentStatus[]
  /** Stops what was started, the Collector first, removes endpoints.json and frees the home. */
  stop(): Promise<void>
}

/**
 * Starts the embedded store and Collector of `config.home`, each unless the environment names one elsewhere,
 * and migrates the store. `report` gets one line per step, for a person.
 * @throws {ExectrailError} `stack_failed`, saying what, why and what to do; nothing is left running.
 */
export async function startStack(config: Config, report: (line: string) => void): Promise<Stack> {
  await makeHome(config.home)
  const undo: (() => Promise<void>)[] = []
  const undoAll = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const lock = await lockHome(config.home)
    undo.push(async () => lock.release())
    // A killed stack may have left its file; readers must not take it for this one's.
    await removeEndpoints(config.home)
    undo.push(() => removeEndpoints(config.home))
    // Getting the Collector may take minutes the first time: the store starts meanwhile.
    const finding = config.otlpEndpoint === null ? findCollector({ config, report }) : null
    finding?.catch(() => undefined)
    const store = await startStore(config, report)
    undo.push(() => store.stop())
    const collector = await startCollector(config, {
      program: await finding,
      store: store.users.collector,
      report,
    })
    undo.push(() => collector.stop())
    return describeStack(config, { store, collector }, undoAll)
  } catch (error) {
    await undoAll()
    throw error
  }
}

function describeStack(
  config: Config,
  { store, collector }: { store: StoreComponent; collector: CollectorComponent },
  undoAll: () => Promise<void>,
): Stack {
  const endpoints = { ...store.endpoints, ...collector.endpoints }
  return {
    endpoints,
    storeUsers: store.users,
    servicePort: config.port,
    async publish(service) {
      const published = { service, ...endpoints }
      await writeEndpoints(config.home, published)
      return published
    },
    components: () => [store, collector].map((component) => component.status()),
    stop: undoAll,
  }
}

async function makeHome(home: string): Promise<void> {
  try {
    await mkdir(join(home, 'logs'), { recursive: true, mode: 0o700 })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ExectrailError('stack_failed', `${home} cannot be made or written: ${reason}`, {
      hint: 'set EXECTRAIL_HOME to a directory you may write, on a disk with room',
      cause: error,
    })
  }
}
