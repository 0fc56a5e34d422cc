/** The links between an execution and its row, with their checks. */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { messageOf } from '../../errors.ts'
import { readEndpoints } from '../../stack/endpoints.ts'
import { resolveOtlpEndpoint } from '../../executor/otlp-endpoint.ts'
import type { RuntimeView } from '../list-runtimes.ts'
import { openOtlpClient } from '../../telemetry/delivery/otlp-client.ts'
import { readLosses } from '../../telemetry/outbox/losses.ts'
import { readOutboxStats } from '../../telemetry/outbox/outbox-stats.ts'
import { DeliveryError } from '../../telemetry/delivery/transport.ts'
import { keepProcessAlive } from '../../telemetry/delivery/waiting.ts'
import { formatBytes } from '../../format.ts'
import {
  ANSWER_MS,
  FailedCheck,
  fetchWithTimeout,
  START,
  type DoctorCheck,
  type DoctorContext,
} from './check.ts'
import { checkBlobs } from './blobs-check.ts'
import { checkMetadata } from './metadata-check.ts'
import { checkReadiness, checkRecord, checkService } from './probe-checks.ts'
import { checkSigNoz, checkSinks } from './sink-checks.ts'
import { checkStoreSandbox } from './store-sandbox-check.ts'

/** Age from which records of other processes count as late. */
const LATE_MS = 30_000
/** Older losses are not reported. */
const LOSSES_MS = 7 * 86_400_000
/** More recent losses count as ongoing. */
const RECENT_MS = 600_000
/** Longer than any response takes. */
const KEEP_ALIVE_MS = 600_000
const EMPTY_BATCH = { resource: '{}', items: [] }

/** The chain, in the order a record travels. */
export const CHECKS: readonly DoctorCheck[] = [
  { name: 'runtimes', run: checkRuntimes },
  { name: 'stack', run: checkStack },
  { name: 'outbox', run: checkOutbox },
  { name: 'Collector', needs: ['stack'], run: checkCollector },
  { name: 'delivery', needs: ['Collector'], run: checkDelivery },
  { name: 'SigNoz', run: checkSigNoz },
  { name: 'ClickHouse', needs: ['stack'], run: checkClickHouse },
  { name: 'metadata', needs: ['stack'], run: checkMetadata },
  { name: 'blobs', run: checkBlobs },
  { name: 'wall', needs: ['stack'], run: checkStoreSandbox },
  { name: 'table', needs: ['ClickHouse'], run: checkTable },
  { name: 'sinks', needs: ['Collector'], run: checkSinks },
  { name: 'record', needs: ['runtimes', 'Collector', 'table'], run: checkRecord },
  { name: 'service', needs: ['stack'], run: checkService },
  { name: 'readiness', needs: ['Collector', 'table', 'service'], run: checkReadiness },
]

async function checkRuntimes({ runtimes }: DoctorContext): Promise<string> {
  const ready = runtimes.filter((runtime) => runtime.ready)
  if (ready.length > 0)
    return ready.map((runtime) => `${runtime.name} (${describeIsolation(runtime)})`).join(', ')
  const missing = runtimes.flatMap((runtime) => runtime.missing.map(({ what }) => `${runtime.name}: ${what}`))
  const fixes = runtimes.flatMap((runtime) => runtime.missing.map(({ fix }) => fix))
  throw new FailedCheck(`no runtime is ready: ${missing.join('; ')}`, fixes[0] ?? 'Install what is missing.')
}

/** A plain process runs code but does not confine it. */
function describeIsolation({ isolation }: Pick<RuntimeView, 'isolation'>): string {
  return isolation === 'process' ? 'process: network "none" and hidden files do not hold' : isolation
}

async function checkStack({ config }: DoctorContext): Promise<string | { skipped: string }> {
  const endpoints = await readEndpoints(config.home)
  if (endpoints !== null) {
    // A stack that was killed leaves its endpoints behind.
    if ((await fetchWithTimeout(`${endpoints.service}/healthz`)) !== null) return `runs for ${config.home}`
    throw new FailedCheck(
      `a stack was started for ${config.home}, but nothing answers at ${endpoints.service}`,
      'Start it again with `exectrail up`; what is recorded meanwhile waits in the outbox.',
    )
  }
  const elsewhere = config.clickhouse.url !== null && (await resolveOtlpEndpoint(config)) !== null
  if (elsewhere) return { skipped: 'Collector and store are used where the environment says' }
  throw new FailedCheck(`no stack runs for ${config.home}`, START)
}

/** Sends like the outbox does: with its headers, TLS and URL per signal. */
async function checkCollector({ config }: DoctorContext): Promise<string> {
  const target = await resolveOtlpEndpoint(config)
  if (target === null) throw new FailedCheck(`no Collector is known for ${config.home}`, START)
  const delivery = openOtlpClient(target)
  // A pending delivery does not keep the process alive.
  const release = keepProcessAlive(KEEP_ALIVE_MS)
  try {
    for (const signal of ['logs', 'spans'] as const) {
      const url = target.signals?.[signal] ?? target.url
      await delivery.send(signal, EMPTY_BATCH).catch((error: unknown) => {
        throw collectorFailure(error, { url, isOurs: url !== config.otlpEndpoint && url === target.url })
      })
    }
    return `takes OTLP at ${target.url}`
  } finally {
    release()
    await delivery.shutdown()
  }
}

function collectorFailure(error: unknown, { url, isOurs }: { url: string; isOurs: boolean }): FailedCheck {
  const status = error instanceof DeliveryError ? error.status : null
  const message = `the Collector does not take OTLP at ${url}: ${messageOf(error)}`
  if (status === 401 || status === 403)
    return new FailedCheck(
      message,
      'Set OTEL_EXPORTER_OTLP_HEADERS to what it asks for, as Authorization=Bearer%20<token>.',
    )
  if (isOurs)
    return new FailedCheck(
      message,
      'While `exectrail up` runs it restarts the Collector, see logs/collector.log under the home. Otherwise start it again.',
    )
  return new FailedCheck(
    message,
    'Check OTEL_EXPORTER_OTLP_ENDPOINT and the Collector behind it: OTLP over HTTP, often port 4318.',
  )
}

/** Whether the outbox has space, and what was lost because it had none. */
async function checkOutbox({ executor, config }: DoctorContext): Promise<string> {
  const root = join(config.home, 'outbox')
  const losses = await readLosses(root, Date.now() - LOSSES_MS)
  const last = losses.at(-1)
  const records = losses.reduce((sum, loss) => sum + loss.records, 0)
  const lost =
    last === undefined ? '' : `${records} records were lost in a week, last at ${last.at}: ${last.why}`
  if (last !== undefined && Date.parse(last.at) > Date.now() - RECENT_MS)
    throw new FailedCheck(
      lost,
      `Make room on the disk of ${root}, raise EXECTRAIL_OUTBOX_MAX_MB, or see below why nothing is delivered.`,
    )
  const { waitingBytes, owners } = await readOutboxStats(root, executor.status().executorId)
  const waits = waitingBytes === 0 ? 'nothing waits' : describeWaiting(waitingBytes, owners)
  return lost === '' ? waits : `${waits}; ${lost}`
}

/** Delivery of the records of this process and of others with this home. */
async function checkDelivery({ executor, config }: DoctorContext): Promise<string> {
  const { left } = await executor.flush(ANSWER_MS)
  const { lastError, dead } = executor.status().trail
  if (left > 0)
    throw new FailedCheck(
      `${left} bytes could not be delivered${lastError === null ? '' : `: ${lastError}`}`,
      'See logs/collector.log under the home; what waits is kept and goes out when the Collector takes it.',
    )
  const root = join(config.home, 'outbox')
  const { waitingBytes, oldestMs, owners } = await readOutboxStats(root, executor.status().executorId)
  if (oldestMs !== null && oldestMs > LATE_MS)
    throw new FailedCheck(
      `${describeWaiting(waitingBytes, owners)}, the oldest for ${Math.round(oldestMs / 1000)} s`,
      'See that those processes reach the Collector; what one that is gone left is sent by the next `exectrail run` or `up`.',
    )
  return dead > 0 ? `delivered; ${dead} refused for good, see \`exectrail reconcile\`` : 'delivered'
}

function describeWaiting(bytes: number, owners: number): string {
  return `${formatBytes(bytes)} of ${owners} other process${owners === 1 ? ' waits' : 'es wait'}`
}

async function checkClickHouse({ store, config }: DoctorContext): Promise<string> {
  if (store === null) throw new FailedCheck('no store is known', START)
  const late = pause(ANSWER_MS).then(() => {
    throw new Error(`no answer within ${ANSWER_MS} ms`)
  })
  await Promise.race([store.ping(), late]).catch((error: unknown) => {
    throw new FailedCheck(
      `the store does not serve at ${store.url}: ${messageOf(error)}`,
      config.clickhouse.url === null
        ? 'While `exectrail up` runs it restarts the store, see logs/store.log under the home; the Collector keeps what it owes it.'
        : 'Check CLICKHOUSE_URL, CLICKHOUSE_USER, CLICKHOUSE_PASSWORD and the server behind them.',
    )
  })
  return `answers at ${store.url}`
}

async function checkTable({ store }: DoctorContext): Promise<string> {
  if (store === null) throw new FailedCheck('no store is known', START)
  const pending = await store.pendingMigrations()
  if (pending.length > 0)
    throw new FailedCheck(
      `tables are missing or old; to be applied: ${pending.join(', ')}`,
      'Run `exectrail migrate`.',
    )
  return 'code_exec_logs is up to date'
}
