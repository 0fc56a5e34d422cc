/** Checks of the last links: one execution up to its row and span, and the service that shows it. */
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Config } from '../../config.ts'
import { readEndpoints, type Endpoints } from '../../stack/endpoints.ts'
import { isExectrailError, messageOf } from '../../errors.ts'
import { getExecution } from '../get-execution.ts'
import { readCliKey } from '../key-file.ts'
import type { Store } from '../../store/client.ts'
import { FailedCheck, fetchWithTimeout, START, type DoctorContext } from './check.ts'

const ARRIVAL_MS = 15_000
const PROBE_AGENT = 'exectrail-doctor'
const LOOK =
  'The Collector takes records but does not get them into ClickHouse: see logs/collector.log under the home.'

/** Runs one line of code and waits for its row and its span. */
export async function checkRecord(context: DoctorContext): Promise<string> {
  const { executor, runtimes, store } = context
  const ready = runtimes.find((runtime) => runtime.ready)
  const language = ready?.languages.at(-1)
  if (store === null || ready === undefined || language === undefined)
    throw new FailedCheck('nothing to probe with', START)
  const { executionId, outcome } = await executor.execute({
    runtime: ready.name,
    language,
    code: language === 'bash' ? 'true' : '1',
    context: { codeAgentId: PROBE_AGENT },
  })
  const ended = performance.now()
  await waitForArrival(`an execution ran (${executionId}) but its row`, () => hasRow(store, executionId))
  context.probeId = executionId
  await waitForArrival(`an execution ran (${executionId}), its row is there, but its span`, () =>
    hasSpan(store, executionId),
  )
  return `one ${outcome} came through in ${Math.round(performance.now() - ended)} ms, row and span`
}

/** @throws {FailedCheck} when it does not arrive in time */
async function waitForArrival(what: string, hasArrived: () => Promise<boolean>): Promise<void> {
  const since = performance.now()
  while (performance.now() - since < ARRIVAL_MS) {
    if (await hasArrived()) return
    await pause(50)
  }
  throw new FailedCheck(`${what} did not arrive within ${ARRIVAL_MS / 1000} s`, LOOK)
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

async function hasSpan(store: Store, executionId: string): Promise<boolean> {
  const found = await store.query(
    'SELECT 1 AS one FROM otel_traces WHERE execution_id = {executionId:String} LIMIT 1',
    { executionId },
  )
  return found.length > 0
}

/** Checks that the service answers and shows the record of the probe. */
export async function checkService({ config, probeId, getFromService }: DoctorContext): Promise<string> {
  const { service } = await endpointsOf(config)
  const key = await readCliKey(config.home, config.apiKey)
  if (key === null) throw new FailedCheck('the key of this home is not known here', 'Set EXECTRAIL_API_KEY.')
  // This path needs no store, because the store is another link.
  await getFromService(service, key, '/v1/runtimes').catch(toFailedCheck)
  if (probeId === undefined) return `answers at ${service}`
  await getFromService(service, key, `/v1/executions/${probeId}`).catch(toFailedCheck)
  return `answers at ${service}, with the record`
}

function toFailedCheck(error: unknown): never {
  const why = messageOf(error)
  const isKey = isExectrailError(error) && (error.code === 'unauthorized' || error.code === 'forbidden')
  throw new FailedCheck(
    why,
    isKey
      ? 'Set EXECTRAIL_API_KEY to a key of this home.'
      : 'See what `exectrail up` says, or start it again.',
  )
}

/** The service's readiness, including its outbox. */
export async function checkReadiness({ config }: DoctorContext): Promise<string> {
  const { service } = await endpointsOf(config)
  const answer = await fetchWithTimeout(`${service}/readyz`)
  const body: unknown = await answer?.json().catch(() => null)
  const parsed = readiness.safeParse(body)
  if (!parsed.success) throw new FailedCheck(`${service}/readyz does not answer`, START)
  const named = parsed.data.checks.map(({ name, detail }) => `${name} ${detail}`)
  if (parsed.data.ready) return named.join(', ')
  throw new FailedCheck(
    `the service is not ready: ${named.join(', ')}`,
    'Its log, and those of the parts in logs/ under the home, say more.',
  )
}

const readiness = z.object({
  ready: z.boolean(),
  checks: z.array(z.object({ name: z.string(), detail: z.string() })),
})

async function endpointsOf({ home }: Config): Promise<Endpoints> {
  const endpoints = await readEndpoints(home)
  if (endpoints === null) throw new FailedCheck(`no stack runs for ${home}`, START)
  return endpoints
}
