/** The links between an execution and its row, and how each is asked whether it holds. */
import { join } from 'node:path'
import { readEndpoints } from '../embedded/endpoints.ts'
import { resolveOtlpEndpoint } from '../executor/collector-endpoint.ts'
import { listRuntimes } from '../service/list-runtimes.ts'
import { openDelivery } from '../telemetry/delivery/otlp-client.ts'
import { readLosses } from '../telemetry/outbox/losses.ts'
import { surveyOutbox } from '../telemetry/outbox/outbox-stats.ts'
import { DeliveryError } from '../telemetry/delivery/transport.ts'
import { holdOpen } from '../telemetry/delivery/waiting.ts'
import { formatBytes } from './format.ts'
import { ANSWER_MS, BrokenLink, fetchBriefly, pause, START, type Link, type Walk } from './link.ts'
import { askReadiness, askRecord, askService } from './probe-links.ts'
import { askSigNoz, askSinks } from './sink-links.ts'
import { askWall } from './wall-link.ts'

/** What others recorded is late once it waits so long. */
const LATE_MS = 30_000
/** Losses of this long ago are told. */
const LOSSES_MS = 7 * 86_400_000
/** Those after it are going on. */
const RECENT_MS = 600_000
/** Longer than any answer is waited for. */
const MOST_MS = 600_000
const NOTHING = { resource: '{}', items: [] }

/** The chain, in the order a record travels. */
export const LINKS: readonly Link[] = [
  { name: 'runtimes', ask: askRuntimes },
  { name: 'stack', ask: askStack },
  { name: 'outbox', ask: askOutbox },
  { name: 'Collector', needs: ['stack'], ask: askCollector },
  { name: 'delivery', needs: ['Collector'], ask: askDelivery },
  { name: 'SigNoz', ask: askSigNoz },
  { name: 'ClickHouse', needs: ['stack'], ask: askClickHouse },
  { name: 'wall', needs: ['stack'], ask: askWall },
  { name: 'table', needs: ['ClickHouse'], ask: askTable },
  { name: 'sinks', needs: ['Collector'], ask: askSinks },
  { name: 'record', needs: ['runtimes', 'Collector', 'table'], ask: askRecord },
  { name: 'service', needs: ['stack'], ask: askService },
  { name: 'readiness', needs: ['Collector', 'table', 'service'], ask: askReadiness },
]

async function askRuntimes({ executor }: Walk): Promise<string> {
  const all = await listRuntimes(executor)
  const ready = all.filter((runtime) => runtime.ready)
  if (ready.length > 0) return ready.map((runtime) => `${runtime.name} (${runtime.isolation})`).join(', ')
  const missing = all.flatMap((runtime) => runtime.missing.map(({ what }) => `${runtime.name}: ${what}`))
  const fixes = all.flatMap((runtime) => runtime.missing.map(({ fix }) => fix))
  throw new BrokenLink(`no runtime is ready: ${missing.join('; ')}`, fixes[0] ?? 'Install what is missing.')
}

async function askStack({ config }: Walk): Promise<string | { skipped: string }> {
  const endpoints = await readEndpoints(config.home)
  if (endpoints !== null) {
    // A stack that was killed could not take its endpoints back.
    if ((await fetchBriefly(`${endpoints.service}/healthz`)) !== null) return `runs for ${config.home}`
    throw new BrokenLink(
      `a stack was started for ${config.home}, but nothing answers at ${endpoints.service}`,
      'Start it again with `exectrail up`; what is recorded meanwhile waits in the outbox.',
    )
  }
  const elsewhere = config.clickhouse.url !== null && (await resolveOtlpEndpoint(config)) !== null
  if (elsewhere) return { skipped: 'Collector and store are used where the environment says' }
  throw new BrokenLink(`no stack runs for ${config.home}`, START)
}

/** Asked as the sender asks it: with its headers, its TLS and its URL of each signal. */
async function askCollector({ config }: Walk): Promise<string> {
  const target = await resolveOtlpEndpoint(config)
  if (target === null) throw new BrokenLink(`no Collector is known for ${config.home}`, START)
  const delivery = openDelivery(target)
  // A delivery alone keeps no process from ending.
  const release = holdOpen(MOST_MS)
  try {
    for (const signal of ['logs', 'spans'] as const) {
      const url = target.signals?.[signal] ?? target.url
      await delivery.send(signal, NOTHING).catch((error: unknown) => {
        throw collectorFault(error, { url, isOurs: url !== config.otlpEndpoint && url === target.url })
      })
    }
    return `takes OTLP at ${target.url}`
  } finally {
    release()
    await delivery.shutdown()
  }
}

function collectorFault(error: unknown, { url, isOurs }: { url: string; isOurs: boolean }): BrokenLink {
  const status = error instanceof DeliveryError ? error.status : null
  const why = error instanceof Error ? error.message : String(error)
  const message = `the Collector does not take OTLP at ${url}: ${why}`
  if (status === 401 || status === 403)
    return new BrokenLink(
      message,
      'Set OTEL_EXPORTER_OTLP_HEADERS to what it asks for, as Authorization=Bearer%20<token>.',
    )
  if (isOurs)
    return new BrokenLink(
      message,
      'While `exectrail up` runs it restarts the Collector, see logs/collector.log under the home. Otherwise start it again.',
    )
  return new BrokenLink(
    message,
    'Check OTEL_EXPORTER_OTLP_ENDPOINT and the Collector behind it: OTLP over HTTP, often port 4318.',
  )
}

/** Whether records have room; what was lost for want of it. */
async function askOutbox({ executor, config }: Walk): Promise<string> {
  const root = join(config.home, 'outbox')
  const losses = await readLosses(root, Date.now() - LOSSES_MS)
  const last = losses.at(-1)
  const records = losses.reduce((sum, loss) => sum + loss.records, 0)
  const lost =
    last === undefined ? '' : `${records} records were lost in a week, last at ${last.at}: ${last.why}`
  if (last !== undefined && Date.parse(last.at) > Date.now() - RECENT_MS)
    throw new BrokenLink(
      lost,
      `Make room on the disk of ${root}, raise EXECTRAIL_OUTBOX_MAX_MB, or see below why nothing is delivered.`,
    )
  const { waitingBytes, owners } = await surveyOutbox(root, executor.status().executorId)
  const waits = waitingBytes === 0 ? 'nothing waits' : waitOf(waitingBytes, owners)
  return lost === '' ? waits : `${waits}; ${lost}`
}

/** What this process recorded, and others of this home. */
async function askDelivery({ executor, config }: Walk): Promise<string> {
  const { left } = await executor.flush(ANSWER_MS)
  const { lastError, dead } = executor.status().trail
  if (left > 0)
    throw new BrokenLink(
      `${left} bytes could not be delivered${lastError === null ? '' : `: ${lastError}`}`,
      'See logs/collector.log under the home; what waits is kept and goes out when the Collector takes it.',
    )
  const root = join(config.home, 'outbox')
  const { waitingBytes, oldestMs, owners } = await surveyOutbox(root, executor.status().executorId)
  if (oldestMs !== null && oldestMs > LATE_MS)
    throw new BrokenLink(
      `${waitOf(waitingBytes, owners)}, the oldest for ${Math.round(oldestMs / 1000)} s`,
      'See that those processes reach the Collector; what one that is gone left is sent by the next `exectrail run` or `up`.',
    )
  return dead > 0 ? `delivered; ${dead} refused for good, see \`exectrail reconcile\`` : 'delivered'
}

function waitOf(bytes: number, owners: number): string {
  return `${formatBytes(bytes)} of ${owners} other process${owners === 1 ? ' waits' : 'es wait'}`
}

async function askClickHouse({ store, config }: Walk): Promise<string> {
  if (store === null) throw new BrokenLink('no store is known', START)
  const late = pause(ANSWER_MS).then(() => {
    throw new Error(`no answer within ${ANSWER_MS} ms`)
  })
  await Promise.race([store.ping(), late]).catch((error: unknown) => {
    throw new BrokenLink(
      `the store does not serve at ${store.url}: ${error instanceof Error ? error.message : String(error)}`,
      config.clickhouse.url === null
        ? 'While `exectrail up` runs it restarts the store, see logs/store.log under the home; the Collector keeps what it owes it.'
        : 'Check CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD and the server behind them.',
    )
  })
  return `answers at ${store.url}`
}

async function askTable({ store }: Walk): Promise<string> {
  if (store === null) throw new BrokenLink('no store is known', START)
  const pending = await store.pendingMigrations()
  if (pending.length > 0)
    throw new BrokenLink(
      `tables are missing or old; to be applied: ${pending.join(', ')}`,
      'Run `exectrail migrate`.',
    )
  return 'code_exec_logs is up to date'
}
