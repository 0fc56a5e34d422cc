/** The store away for long, and a SigNoz that fails in every way, while executions go on. */
import { setTimeout as pause } from 'node:timers/promises'
import { readCollectorMetrics } from '../../../src/stack/collector/metrics.ts'
import { waitFor } from '../../support/wait.ts'
import { FAULTS, hasMet, type Fault } from '../faulty-way.ts'
import type { Scenario, Scene } from '../scenario.ts'
import { BY_EXECUTION, judge } from '../verdict.ts'

const storeDown: Scenario = {
  name: 'store-down',
  says: 'while the store is down for long',
  disturbs: 'all',
  async run(scene) {
    const recorder = scene.record()
    await recorder.begun(300)
    await scene.stage.store.down()
    await pause(scene.form === 'short' ? 3000 : 120_000)
    await scene.stage.store.up()
  },
}

/** What the stock exporter gives up on, as OTLP prescribes; it counts what is lost so. */
const GIVEN_UP: Fault = 'answers 500'

function signozFails(fault: Fault): Scenario {
  return {
    name: `signoz-${fault.replaceAll(/\W+/gu, '-').toLowerCase()}`,
    says: `while SigNoz ${fault}, and SigNoz has all of it once it is in order`,
    disturbs: 'all',
    async run(scene) {
      const { stage } = scene
      const failedBefore = (await readSignoz(stage.metricsUrl)).failed
      const metBefore = stage.wayToSignoz.met
      await stage.wayToSignoz.set(fault)
      const recorder = scene.record({ rate: 400 })
      await recorder.begun(400)
      await pause(scene.form === 'short' ? 500 : 60_000)
      await recorder.end('SIGTERM')
      const said = await scene.drain()
      // Before it is mended: the store does not wait for SigNoz.
      const { organizationId } = scene
      for (const line of await judge(stage, { ...said, organizationId, by: BY_EXECUTION }))
        scene.fault(`before SigNoz was mended: ${line}`)
      if (fault !== 'refuses connections' && !(await hasMet(stage.wayToSignoz, metBefore)))
        scene.fault('no request met the fault')
      await stage.wayToSignoz.set(null)
      await compareSignoz(scene, said.begun, { fault, failedBefore })
    },
  }
}

async function compareSignoz(
  scene: Scene,
  begun: ReadonlySet<string>,
  { fault, failedBefore }: { fault: Fault; failedBefore: number },
): Promise<void> {
  const { stage, organizationId } = scene
  const missing = (): { records: number; ids: string[] } => missingAt(scene, begun)
  const failed = async (): Promise<number> => (await readSignoz(stage.metricsUrl)).failed - failedBefore
  const isGivenUp = fault === GIVEN_UP
  await waitFor(async () => missing().records <= (isGivenUp ? await failed() : 0), {
    timeoutMs: 60_000,
    what: 'SigNoz',
  }).catch(() => undefined)
  const [gone, counted] = [missing(), await failed()]
  // What is sent again for lack of an answer must not meet the next fault.
  await waitFor(async () => (await readSignoz(stage.metricsUrl)).queueBytes === 0, {
    what: 'an empty queue',
  }).catch(() => scene.fault('the queue of SigNoz does not empty'))
  if (isGivenUp && gone.records === 0) scene.fault('nothing was lost, so nothing was tried')
  // One that came twice is given up twice.
  if (isGivenUp && gone.records > counted)
    scene.fault(`${gone.records} records are not at SigNoz, and the Collector counts ${counted} as failed`)
  if (!isGivenUp && gone.records > 0)
    scene.fault(
      `${gone.records} records of ${organizationId} are not at SigNoz, such as ${gone.ids.slice(0, 3).join(', ')}`,
    )
}

/** Records of the executions begun that SigNoz has not: a started event, a completion and a span each. */
function missingAt(
  { stage, organizationId }: Scene,
  begun: ReadonlySet<string>,
): { records: number; ids: string[] } {
  const id = 'code_exec.execution.id'
  const isOurs = ({ attributes }: { attributes: Record<string, unknown> }): boolean =>
    attributes['code_exec.organization.id'] === organizationId
  const { logs, spans } = stage.signoz
  const event = (name: string): Set<unknown> =>
    new Set(logs.filter((log) => log.eventName === name && isOurs(log)).map((log) => log.attributes[id]))
  const sets = [
    event('code_exec.started'),
    event('code_exec.completed'),
    new Set<unknown>(spans.filter(isOurs).map((span) => span.attributes[id])),
  ]
  const ids = sets.flatMap((set) => [...begun].filter((one) => !set.has(one)))
  return { records: ids.length, ids }
}

/** Of its log records and spans: how many were given up, and what waits. */
async function readSignoz(url: string): Promise<{ failed: number; queueBytes: number }> {
  const { exporters } = await readCollectorMetrics(url)
  const ours = exporters.filter(
    ({ exporter, signal }) => exporter === 'otlp_http/signoz' && signal !== 'metric_points',
  )
  return {
    failed: ours.reduce((sum, { failed }) => sum + failed, 0),
    queueBytes: ours.reduce((sum, { queueBytes }) => sum + queueBytes, 0),
  }
}

export const OUTAGES: readonly Scenario[] = [storeDown, ...FAULTS.map(signozFails)]
