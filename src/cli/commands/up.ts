/** `exectrail up`: runs the stack until it is asked to stop. */
import { createApp } from '../../api/app.ts'
import type { AppDependencies } from '../../api/context.ts'
import { readDashboard, type DashboardFiles } from '../../api/dashboard-files.ts'
import { namesOf } from '../../api/hosts.ts'
import { serve } from '../../api/server.ts'
import { sourceOf, type BudgetSource } from '../../budgets/source.ts'
import { loadConfig, type Config } from '../../config.ts'
import { messageOf } from '../../errors.ts'
import type { Endpoints } from '../../stack/endpoints.ts'
import { readCollectorMetrics, type CollectorMetrics } from '../../stack/collector/metrics.ts'
import { startStack } from '../../stack/stack.ts'
import type { StoreAccess, StoreUsers } from '../../stack/store-users.ts'
import { obtainDashboard } from '../../provision/dashboard.ts'
import { createExecutor, type Executor } from '../../executor/executor.ts'
import { keepUpToDate, openBlobReaders } from '../background-work.ts'
import type { CheckExecutor } from '../../registry/checks/check-run.ts'
import { checkingWith } from '../../service/registry/check-at-publishing.ts'
import { alertPartsOf, beginAlerts } from '../begin-alerts.ts'
import type { OpenedKeys } from '../../service/adopt-keys.ts'
import { createStore, type Store } from '../../store/client.ts'
import type { HostSdk } from '../../telemetry/providers.ts'
import { readVersion } from '../version.ts'
import { ClosingStack } from '../closing-stack.ts'
import { openMetadata } from '../open-metadata.ts'
import { reportError } from '../report-error.ts'
import { runSamples } from '../run-samples.ts'
import type { Terminal } from '../terminal.ts'
import { escapeControls } from '../escape-controls.ts'

const DRAIN_MS = 5_000
const EXIT_AT_ONCE = 130

export interface UpOptions {
  samples?: true
}

/**
 * Starts the stack, prints its addresses, and resolves to 0 after a clean stop.
 * @throws {ExectrailError} when a component does not start; those that had started are stopped again
 */
export async function up(options: UpOptions, terminal: Terminal): Promise<number> {
  const config = loadConfig()
  const stop = listenForStopSignal(terminal)
  const closing = new ClosingStack()
  try {
    const running = await start(config, terminal, closing)
    if (stop.requested()) return 0
    await printLinks(running, config, terminal)
    if (options.samples) await Promise.race([showSamples(running, terminal, stop), stop.signalled])
    if (!stop.requested()) terminal.say('Running. Ctrl-C stops everything.')
    await stop.signalled
    return 0
  } finally {
    await closing.close()
    stop.release()
    if (stop.requested()) terminal.say('Stopped.')
  }
}

/** Reports samples that fail; the stack stays up. */
async function showSamples(running: Running, terminal: Terminal, stop: StopSignal): Promise<void> {
  try {
    await runSamples(running, terminal)
  } catch (error) {
    if (!stop.requested()) reportError(error, terminal)
  }
}

interface Running {
  endpoints: Endpoints
  opened: OpenedKeys
  executor: Executor
  store: Store
}

/** Starts the components in order. Closing `closing` stops them in reverse order. */
async function start(config: Config, terminal: Terminal, closing: ClosingStack): Promise<Running> {
  const report = (line: string): void => terminal.say(escapeControls(line))
  const sdk = loadSdk(config)
  // Awaited below; until then a failure is not unhandled.
  sdk.catch(() => undefined)
  const dashboard = openDashboard(config, report)
  const stack = closing.adopt(await startStack(config, report), (started) => started.stop())
  const { metadata, opened } = await openMetadata(config, stack.metadataUrl, { report, closing })
  const sources = { components: () => stack.components(), collector: () => readCollector(stack.endpoints) }
  const executor = await startExecutor({ ...config, otlpEndpoint: stack.endpoints.otlpHttp }, await sdk, {
    report,
    closing,
    budgets: sourceOf(metadata.database),
  })
  const open = (access: StoreAccess): Store =>
    closing.adopt(createStore(access), (created) => created.close())
  const store = open(stack.storeUsers.service)
  await keepUpToDate({ store, database: metadata.database, log: report }, config, closing)
  const alertParts = alertPartsOf(config)
  const app = createApp({
    version: readVersion(),
    store,
    ...openSqlStores(stack.storeUsers, open),
    ...sources,
    executor,
    keys: metadata.keys,
    metadata,
    ...alertParts,
    dashboard: await dashboard,
    ...settingsOf(config, executor),
    ...(await openBlobReaders(config, closing)),
    log: report,
  })
  const service = closing.adopt(
    await serve(app, { port: stack.servicePort, host: config.host, report }),
    (listening) => listening.close(DRAIN_MS),
  )
  const parts = { store, executor, metadata, ...sources, url: service.url }
  await beginAlerts(parts, alertParts, { report, closing })
  return { endpoints: await stack.publish(service.url), opened, executor, store }
}

/** What the app takes from the settings. */
function settingsOf(
  config: Config,
  executor: CheckExecutor,
): Pick<AppDependencies, 'hostNames' | 'signozUrl' | 'contentDays' | 'secretsKey' | 'registry'> {
  return {
    hostNames: namesOf(config),
    signozUrl: config.signoz.url,
    contentDays: config.retention.contentDays,
    secretsKey: config.alerts.secretsKey,
    registry: {
      check: checkingWith(executor),
      signatures: config.registry.requireSigned ? 'required' : 'optional',
    },
  }
}

async function startExecutor(
  config: Config,
  registerGlobals: HostSdk | false,
  {
    report,
    closing,
    budgets,
  }: { report: (line: string) => void; closing: ClosingStack; budgets: BudgetSource },
): Promise<Executor> {
  return closing.adopt(await createExecutor({ config, registerGlobals, budgets }), async (created) => {
    const { left } = await created.close(DRAIN_MS)
    if (left > 0) report(`${left} bytes are left in the outbox of ${config.home}; the next start sends them.`)
  })
}

/** The service also answers without a dashboard. */
async function openDashboard(config: Config, report: (line: string) => void): Promise<DashboardFiles | null> {
  try {
    return readDashboard(await obtainDashboard({ config, report }))
  } catch (error) {
    report(`Dashboard: not served: ${messageOf(error)}`)
    return null
  }
}

function openSqlStores(
  { admin, caller, reader }: StoreUsers,
  open: (access: StoreAccess) => Store,
): Pick<AppDependencies, 'sqlStore' | 'callerStore'> {
  return { sqlStore: open(reader ?? admin), callerStore: caller === null ? null : open(caller) }
}

/** Loads while the stack starts: loading takes 0.2 s. */
async function loadSdk({ sdkDisabled, propagators }: Config): Promise<HostSdk | false> {
  if (sdkDisabled) return false
  const { prepareNodeSdk } = await import('../../telemetry/node-sdk.ts')
  return prepareNodeSdk(propagators)
}

function readCollector({
  collectorMetrics,
}: Pick<Endpoints, 'collectorMetrics'>): Promise<CollectorMetrics | null> {
  return collectorMetrics === null ? Promise.resolve(null) : readCollectorMetrics(collectorMetrics)
}

async function printLinks({ endpoints, opened }: Running, config: Config, terminal: Terminal): Promise<void> {
  const bold = (text: string): string => terminal.paint('bold', text, 'stdout')
  const link =
    opened.secret === null
      ? endpoints.service
      : `${endpoints.service}/?key=${encodeURIComponent(opened.secret)}`
  await terminal.data(`${bold('exectrail is up')}
  open        ${link}
  API         ${endpoints.service}/docs
  ClickHouse  ${endpoints.clickhouse} (user ${endpoints.clickhouseReader ?? endpoints.clickhouseUser}; password in endpoints.json)
  OTLP        ${[endpoints.otlpHttp, endpoints.otlpGrpc].filter((url) => url !== null).join(', ')}
  data        ${config.home}`)
  if (opened.givenIsUnknown) {
    terminal.say(
      `EXECTRAIL_API_KEY is not a key of ${config.home}, which has one already: the service will refuse it. Unset it, or use another EXECTRAIL_HOME.`,
    )
  }
  if (!['127.0.0.1', '::1', 'localhost'].includes(config.host)) {
    terminal.say(
      `The service listens on ${config.host}: whoever reaches it and has a key can run code. Put TLS in front.`,
    )
  }
}

interface StopSignal {
  /** Resolves on the first SIGINT or SIGTERM. */
  signalled: Promise<void>
  requested(): boolean
  release(): void
}

/** The first signal requests a clean stop, the second exits at once. */
function listenForStopSignal(terminal: Terminal): StopSignal {
  const { promise, resolve } = Promise.withResolvers<void>()
  let requested = false
  const onSignal = (): void => {
    if (requested) process.exit(EXIT_AT_ONCE)
    requested = true
    terminal.say('Stopping; once more to leave at once.')
    resolve()
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  const release = (): void => {
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
  return { signalled: promise, requested: () => requested, release }
}
