/** One record among 500 good ones that would cost a batch: as a program may give it, and as raw OTLP/JSON. */
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { createExecutor } from '../../../src/executor/executor.ts'
import { decodeFrames, encodeFrame } from '../../../src/telemetry/outbox/frames.ts'
import { offlineConfig } from '../../support/configuration.ts'
import { exitWith, toyRuntime } from '../../support/toy-executor.ts'
import { POISONS } from '../poison.ts'
import type { Scenario, Scene } from '../scenario.ts'
import { waitFor } from '../../support/wait.ts'

const GOOD = 500

function poisonAmongGood(name: string): Scenario {
  return {
    name: `poison-${name}`,
    says: `and a record with ${name} among ${GOOD} costs none of the others`,
    disturbs: 'itself',
    async run(scene) {
      // Sent nowhere at first, so that all of it goes out together.
      const recorder = scene.record({ url: null, rate: 0, count: GOOD + 1, poison: name, drainMs: 0 })
      await recorder.done()
      const { left } = await recorder.end('SIGTERM')
      if (left === null || left === 0) scene.fault('nothing was left in the outbox')
      const id = insertRaw(scene, name)
      const executed = await executePoison(scene, name)
      for (const one of [id, executed]) scene.allow(one)
      await scene.drain()
      await expectSomewhere(scene, id)
      await expectStored(scene, executed)
    },
  }
}

/** Puts a completion with the raw poison in the middle of the outbox, as no version of exectrail writes it. */
function insertRaw({ home }: Scene, name: string): string {
  const [path = ''] = globSync('outbox/*/*.log', { cwd: home }).map((found) => join(home, found))
  const bytes = readFileSync(path)
  const { frames } = decodeFrames(bytes)
  const completions = frames.filter(({ kind }) => kind === 'C')
  const model = completions[Math.floor(completions.length / 2)]
  if (model === undefined) throw new Error('no completion was left in the outbox')
  const id = uuidv7()
  const poisoned = (json: Buffer): string =>
    json
      .toString('utf8')
      .replaceAll(model.executionId, id)
      .replace('"attributes":[', `"attributes":[${POISONS[name]?.raw ?? ''},`)
  const frame = encodeFrame(
    { kind: 'C', executionId: id, first: poisoned(model.first), second: poisoned(model.second) },
    Date.now(),
  )
  writeFileSync(path, Buffer.concat([bytes.subarray(0, model.at), frame, bytes.subarray(model.at)]))
  return id
}

/** By way of `execute()`, with a runtime that answers with it; the id of the execution. */
async function executePoison({ home, organizationId }: Scene, name: string): Promise<string> {
  const { code = 'x', input, stdout, exit = {} } = POISONS[name]?.execution ?? {}
  const runtime = toyRuntime(async (_request, io) => {
    io.onRunning()
    if (stdout !== undefined) await io.onOutput({ stream: 'stdout', bytes: stdout })
    return exitWith(exit)
  })
  const executor = await createExecutor({ config: offlineConfig(home), runtimes: [runtime] })
  const given = input === undefined ? {} : { input }
  const context = { organizationId }
  const { executionId } = await executor.execute({
    runtime: 'subprocess',
    language: 'javascript',
    code,
    ...given,
    context,
  })
  await executor.close(0)
  return executionId
}

/** Its row and its span. */
async function expectStored({ stage, fault }: Scene, id: string): Promise<void> {
  for (const table of ['code_exec_logs', 'otel_traces'])
    await waitFor(
      async () =>
        (await stage.column(`SELECT 1 FROM ${table} FINAL WHERE execution_id = '${id}'`)).length === 1,
      { what: id },
    ).catch(() => fault(`what was executed is not in ${table} once`))
}

/** It is stored, or a dead letter says why it is not. */
async function expectSomewhere({ stage, home, fault }: Scene, id: string): Promise<void> {
  const isDead = (): boolean =>
    globSync('outbox/dead/*.ndjson', { cwd: home }).some((found) =>
      readFileSync(join(home, found), 'utf8').includes(id),
    )
  const isStored = async (): Promise<boolean> =>
    (await stage.column(`SELECT 1 FROM code_exec_logs WHERE execution_id = '${id}'`)).length > 0
  await waitFor(async () => isDead() || (await isStored()), { what: id }).catch(() =>
    fault('the poisoned record is neither stored nor a dead letter'),
  )
}

export const POISONED: readonly Scenario[] = Object.keys(POISONS).map(poisonAmongGood)
