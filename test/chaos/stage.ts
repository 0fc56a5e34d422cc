/** Real store, real Collector and a stand-in for SigNoz, each of which a test can break and mend. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client'
import { loadConfig } from '../../src/config.ts'
import { lastLines, readLog } from '../../src/stack/log-file.ts'
import { findCollector } from '../../src/provision/collector/collector.ts'
import { collectorSpec } from '../../src/stack/collector/launch.ts'
import { choosePorts } from '../../src/stack/ports.ts'
import { ReservedPort } from '../../src/stack/reserved-port.ts'
import { planStore } from '../../src/stack/embedded-store.ts'
import type { StoreAccess } from '../../src/stack/store-users.ts'
import { createStore } from '../../src/store/client.ts'
import { migrate } from '../../src/store/migrate.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { configFor } from '../support/stack.ts'
import { startOtlpSink, type OtlpSink } from '../support/otlp-sink.ts'
import { openFaultyWay, type FaultyWay } from './faulty-way.ts'
import { startHeld, type HeldPart } from './held-part.ts'
import { mountSmallDisk, type SmallDisk } from './small-disk.ts'

export interface Stage extends AsyncDisposable {
  store: HeldPart
  collector: HeldPart
  /** Base URLs: of the Collector's OTLP over HTTP and of its metrics. */
  otlpUrl: string
  metricsUrl: string
  /** What stands for SigNoz, and the way of the Collector to it. */
  signoz: OtlpSink
  wayToSignoz: FaultyWay
  /** The disks of the Collector's queue and of the store; null where nothing may be mounted. */
  disks: { queue: SmallDisk; store: SmallDisk } | null
  /** First column of the answer, as strings. */
  column(query: string): Promise<string[]>
  /** Everything in order again. */
  mend(): Promise<void>
  /** What Collector and store said last of faults. */
  lastWords(): Promise<string[]>
}

const QUEUE_DISK_MIB = 1024
const STORE_DISK_MIB = 1024

/** Starts all of it in a directory of its own, or stops what was started. */
export async function openStage(): Promise<Stage> {
  await using undo = new AsyncDisposableStack()
  const { path: home } = undo.use(await temporaryDirectory())
  const disks = mountDisks(home, undo)
  const [http = 0, grpc = 0, health = 0, metrics = 0] = await choosePorts([0, 0, 0, 0])
  await mkdir(join(home, 'logs'), { recursive: true })
  const { spec, users, release } = await planStore(configFor(home), new ReservedPort(0, '127.0.0.1'))
  undo.defer(release)
  const store = await startHeld(spec)
  undo.defer(() => store.stop())
  await migrateStore(users.service)
  const signoz = undo.use(await startOtlpSink())
  const wayToSignoz = undo.use(await openFaultyWay(signoz.url))
  const collector = await startCollector(home, {
    ports: { http, grpc, health, metrics },
    clickhouse: users.collector,
    signozUrl: wayToSignoz.url,
  })
  undo.defer(() => collector.stop())
  const client = createClient({
    url: users.admin.url,
    username: users.admin.user,
    password: users.admin.password,
    database: users.admin.database,
    log: { level: ClickHouseLogLevel.OFF },
  })
  undo.defer(() => client.close())
  const kept = undo.move()
  return {
    store,
    collector,
    otlpUrl: `http://127.0.0.1:${http}`,
    metricsUrl: `http://127.0.0.1:${metrics}`,
    signoz,
    wayToSignoz,
    disks,
    column: (query) => askColumn(client, query),
    mend: () => mend({ store, collector, wayToSignoz, disks }),
    lastWords: () => readLastWords(join(home, 'logs')),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  }
}

async function mend({
  store,
  collector,
  wayToSignoz,
  disks,
}: Pick<Stage, 'store' | 'collector' | 'wayToSignoz' | 'disks'>): Promise<void> {
  disks?.queue.clear()
  disks?.store.clear()
  await wayToSignoz.set(null)
  await store.up()
  await collector.up()
}

async function readLastWords(directory: string): Promise<string[]> {
  const said: string[] = []
  for (const name of ['collector.log', 'store.log']) {
    const lines = lastLines(await readLog(join(directory, name), 0), 1000)
    said.push(...lines.filter((line) => /\b(?:warn|error|panic|fatal)\b/iu.test(line)).slice(-8))
  }
  return said
}

function mountDisks(home: string, undo: AsyncDisposableStack): Stage['disks'] {
  const queue = mountSmallDisk(join(home, 'queue'), QUEUE_DISK_MIB)
  if (queue === null) return null
  undo.defer(() => queue.unmount())
  const store = mountSmallDisk(join(home, 'clickhouse'), STORE_DISK_MIB)
  if (store === null) return null
  undo.defer(() => store.unmount())
  return { queue, store }
}

async function migrateStore(access: StoreAccess): Promise<void> {
  const store = createStore(access)
  await migrate(store)
  await store.close()
}

async function startCollector(
  home: string,
  given: {
    ports: { http: number; grpc: number; health: number; metrics: number }
    clickhouse: { url: string; user: string; password: string; database: string }
    signozUrl: string
  },
): Promise<HeldPart> {
  const program = await findCollector({ config: loadConfig(), report: () => undefined })
  const { ports, clickhouse, signozUrl } = given
  const signoz = { otlpEndpoint: signozUrl, ingestionKey: null }
  const settings = { host: '127.0.0.1', ports, token: null, clickhouse, signoz }
  const place = {
    queueDirectory: join(home, 'queue'),
    logFile: join(home, 'logs', 'collector.log'),
    // In the stack it waits for the store a while; here it must live without.
    storePatienceMs: 500,
    report: () => undefined,
  }
  return startHeld(collectorSpec(program, settings, place))
}

async function askColumn(client: ClickHouseClient, query: string): Promise<string[]> {
  const answer = await client.query({ query, format: 'JSONCompactEachRow' })
  return (await answer.json<unknown[]>()).map(([first]) => String(first))
}
