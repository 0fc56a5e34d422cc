/** The links between an execution and its row, and how each is asked whether it holds. */
import { performance } from 'node:perf_hooks'
import type { Config } from '../config.ts'
import { readEndpoints, type Endpoints } from '../embedded/endpoints.ts'
import { readCollectorMetrics, type ExporterMetrics } from '../embedded/otelcol/metrics.ts'
import { isExectrailError } from '../errors.ts'
import { resolveOtlpEndpoint } from '../executor/collector-endpoint.ts'
import type { Executor } from '../executor/executor.ts'
import { getExecution } from '../service/get-execution.ts'
import { readCliKey } from '../service/keys.ts'
import { listRuntimes } from '../service/list-runtimes.ts'
import type { Store } from '../store/client.ts'
import { clientFor } from './service-client.ts'

/** What a walk needs; the caller opens and closes it. */
export interface Walk {
  config: Config
  executor: Executor
  /** The store of the running stack or of `CLICKHOUSE_URL`; null where neither is known. */
  store: Store | null
}

/** One link: what it rests on, and the question. */
export interface Link {
  name: string
  /** Links that must hold before this one can be asked. */
  needs?: readonly string[]
  /** What is right, in a line; throws what is wrong, with its hint. */
  ask(walk: Walk): Promise<string | { skipped: string }>
}

/** A link that does not hold: why, and what to do. */
export class BrokenLink extends Error {
  readonly fix: string
  constructor(message: string, fix: string) {
    super(message)
    this.fix = fix
  }
}

const ANSWER_MS = 5_000
/** Longer than the Collector batches. */
const SINK_MS = 1_500
const ROW_MS = 15_000
const PROBE_AGENT = 'exectrail-doctor'

/** A valid OTLP request that holds nothing. */
const EMPTY_LOGS = '{"resourceLogs":[]}'
const START = 'Start the stack with `exectrail up`.'

/** The chain, in the order a record travels. */
export const LINKS: readonly Link[] = [
  { name: 'runtimes', ask: askRuntimes },
  { name: 'stack', ask: askStack },
  { name: 'Collector', needs: ['stack'], ask: askCollector },
  { name: 'outbox', needs: ['Collector'], ask: askOutbox },
  { name: 'SigNoz', ask: askSigNoz },
  { name: 'ClickHouse', needs: ['stack'], ask: askClickHouse },
  { name: 'table', needs: ['ClickHouse'], ask: askTable },
  { name: 'sinks', needs: ['Collector'], ask: askSinks },
  { name: 'service', needs: ['stack'], ask: askService },
  { name: 'record', needs: ['runtimes', 'Collector', 'table'], ask: askRecord },
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
  if ((await readEndpoints(config.home)) !== null) return `runs for ${config.home}`
  const elsewhere = config.otlpEndpoint !== null && config.clickhouse.url !== null
  if (elsewhere) return { skipped: 'Collector and store are used where the environment says' }
  throw new BrokenLink(`no stack runs for ${config.home}`, START)
}

async function askCollector({ config }: Walk): Promise<string> {
  const target = await resolveOtlpEndpoint(config)
  if (target === null) throw new BrokenLink(`no Collector is known for ${config.home}`, START)
  const headers = { ...target.headers, 'Content-Type': 'application/json' }
  const answer = await fetchBriefly(`${target.url}/v1/logs`, { method: 'POST', headers, body: EMPTY_LOGS })
  if (answer?.ok === true) return `takes OTLP at ${target.url}`
  const why = answer === null ? 'does not answer' : `answers with status ${answer.status}`
  const fix =
    config.otlpEndpoint === null
      ? 'While `exectrail up` runs it restarts the Collector; its log is under the home. Otherwise start it again.'
      : 'Check OTEL_EXPORTER_OTLP_ENDPOINT and the Collector behind it.'
  throw new BrokenLink(`the Collector ${why} at ${target.url}`, fix)
}

async function askOutbox({ executor }: Walk): Promise<string> {
  const { left } = await executor.flush(ANSWER_MS)
  const { lastError, dead, dropped } = executor.status().trail
  if (left > 0) {
    throw new BrokenLink(
      `${left} bytes could not be delivered${lastError === null ? '' : `: ${lastError}`}`,
      'See the log of the Collector; what waits is kept and goes out when it answers.',
    )
  }
  const odd = dead + dropped > 0 ? `; ${dead} refused for good, ${dropped} not written` : ''
  return `delivered${odd}`
}

async function askSigNoz({ config }: Walk): Promise<string | { skipped: string }> {
  const { otlpEndpoint, ingestionKey } = config.signoz
  if (otlpEndpoint === null) return { skipped: 'not configured (SIGNOZ_OTLP_ENDPOINT)' }
  const headers = {
    'Content-Type': 'application/json',
    ...(ingestionKey === null ? {} : { 'signoz-ingestion-key': ingestionKey }),
  }
  const answer = await fetchBriefly(`${otlpEndpoint}/v1/logs`, {
    method: 'POST',
    headers,
    body: EMPTY_LOGS,
  })
  if (answer === null) {
    throw new BrokenLink(
      `SigNoz does not answer at ${otlpEndpoint}`,
      'Check SIGNOZ_OTLP_ENDPOINT; meanwhile the Collector keeps what it owes SigNoz.',
    )
  }
  if (answer.status === 401 || answer.status === 403) {
    throw new BrokenLink(
      `SigNoz refuses the ingestion key (${answer.status})`,
      'Set SIGNOZ_INGESTION_KEY to a valid key.',
    )
  }
  return `answers at ${otlpEndpoint}`
}

/** A sink is stuck when something waits for it and nothing goes out. */
async function askSinks({ config }: Walk): Promise<string | { skipped: string }> {
  const url = (await readEndpoints(config.home))?.collectorMetrics
  if (url === null || url === undefined) return { skipped: 'the Collector is not ours to ask' }
  const before = (await readCollectorMetrics(url)).exporters
  const waiting = before.filter((exporter) => exporter.queueBytes > 0)
  if (waiting.length > 0) {
    await pause(SINK_MS)
    const after = (await readCollectorMetrics(url)).exporters
    const stuck = waiting.filter((exporter) => isStuck(exporter, after))
    if (stuck.length > 0) {
      const named = stuck.map(({ exporter, queueBytes }) => `${exporter} (${queueBytes} bytes wait)`)
      throw new BrokenLink(
        `the Collector cannot deliver to ${named.join(', ')}`,
        'What waits is kept and tried again without end; the reason is in the log of the Collector under the home.',
      )
    }
  }
  return before.map(({ exporter, sent }) => `${exporter} (${sent} sent)`).join(', ')
}

function isStuck(before: ExporterMetrics, after: readonly ExporterMetrics[]): boolean {
  const now = after.find(({ exporter, signal }) => exporter === before.exporter && signal === before.signal)
  return now !== undefined && now.queueBytes > 0 && now.sent === before.sent
}

async function askClickHouse({ store }: Walk): Promise<string> {
  if (store === null) throw new BrokenLink('no store is known', START)
  await store.ping()
  return `answers at ${store.url}`
}

async function askTable({ store }: Walk): Promise<string> {
  if (store === null) throw new BrokenLink('no store is known', START)
  const pending = await store.pendingMigrations()
  if (pending.length > 0)
    throw new BrokenLink(`migrations are missing: ${pending.join(', ')}`, 'Run `exectrail migrate`.')
  return 'code_exec_logs is up to date'
}

async function askService({ config }: Walk): Promise<string> {
  const { service } = await endpointsOf(config)
  const key = await readCliKey(config.home, config.apiKey)
  if (key === null) throw new BrokenLink('the key of this home is not known here', 'Set EXECTRAIL_API_KEY.')
  await clientFor(service, key).get('/v1/executions', { limit: 1, fields: 'executionId' })
  return `answers at ${service}`
}

/** Runs one line of code and waits for its row. */
async function askRecord({ executor, store }: Walk): Promise<string> {
  const ready = (await listRuntimes(executor)).find((runtime) => runtime.ready)
  const language = ready?.languages.at(-1)
  if (store === null || ready === undefined || language === undefined)
    throw new BrokenLink('nothing to probe with', START)
  const { executionId, outcome } = await executor.execute({
    runtime: ready.name,
    language,
    code: language === 'bash' ? 'true' : '1',
    context: { codeAgentId: PROBE_AGENT },
  })
  const ended = performance.now()
  while (performance.now() - ended < ROW_MS) {
    if (await hasRow(store, executionId))
      return `one ${outcome} came through in ${Math.round(performance.now() - ended)} ms`
    await pause(50)
  }
  throw new BrokenLink(
    `an execution ran (${executionId}) but its row did not arrive within ${ROW_MS / 1000} s`,
    'The Collector takes records but does not get them into ClickHouse: see its log under the home.',
  )
}

async function hasRow(store: Store, executionId: string): Promise<boolean> {
  try {
    await getExecution({ store, scope: 'all' }, executionId)
    return true
  } catch (error) {
    if (isExectrailError(error) && error.code === 'not_found') return false
    throw error
  }
}

async function endpointsOf({ home }: Config): Promise<Endpoints> {
  const endpoints = await readEndpoints(home)
  if (endpoints === null) throw new BrokenLink(`no stack runs for ${home}`, START)
  return endpoints
}

async function fetchBriefly(url: string, init: RequestInit = {}): Promise<Response | null> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS) }).catch(() => null)
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
