/** What sandboxes of E2B cost the executions that held them, on the stand-in. */
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { loadPriceBook } from '../../src/cost/price-book.ts'
import { createPricing } from '../../src/cost/pricing.ts'
import { createExecutor, type Executor } from '../../src/executor/executor.ts'
import type { ExecutionRequest, ExecutionResult } from '../../src/execution.ts'
import type { E2bOptions } from '../../src/runtimes/e2b.ts'
import { e2bOn } from '../support/e2b.ts'
import { E2bStandIn } from '../support/e2b-stand-in/server.ts'
import { recordingTrail } from '../support/recording-trail.ts'

const found = await E2bStandIn.start()
const pricing = createPricing(await loadPriceBook(null))
/** 2 vCPU × 14,000 and half a GiB × 4,500 */
const NANO_USD_A_SECOND = 30_250

describe.skipIf(found === null)('costs of executions on e2b (skipped without bubblewrap)', () => {
  const standIn = found as E2bStandIn
  const made: Executor[] = []
  const executorWith = async (change: Partial<E2bOptions> = {}): Promise<Executor> => {
    const runtimes = [e2bOn(standIn, change)]
    const executor = await createExecutor({ config: loadConfig({}), runtimes, trail: recordingTrail() })
    made.push(executor)
    return executor
  }
  const request = (change: Partial<ExecutionRequest> = {}): ExecutionRequest => ({
    runtime: 'e2b',
    language: 'bash',
    code: 'sleep 0.1',
    ...change,
  })
  const inWorkflow = { context: { workflowExecutionId: 'wf-1' } }

  afterEach(async () => {
    standIn.forgive()
    await Promise.all(made.splice(0).map((executor) => executor.close()))
  })
  afterAll(() => standIn.close())

  it('charges a run with its sandbox from the request for it to its end', async () => {
    const result = await (await executorWith()).execute(request())
    expect(result).toMatchObject({
      allocatedVcpus: 2,
      allocatedMemoryBytes: 536_870_912,
      heldFromMs: 0,
      priceId: 'e2b-2026-08-06',
    })
    expect(result.heldUntilMs).toBeGreaterThan(result.durationMs)
    expect(result.costRunNanoUsd).toBe(Math.round((NANO_USD_A_SECOND * result.durationMs) / 1000))
    expect(result.costAllocatedNanoUsd).toBe(
      Math.round((NANO_USD_A_SECOND * Number(result.heldUntilMs)) / 1000),
    )
  })

  it('splits the life of a kept sandbox among its runs, so that their costs add up to that of its life', async () => {
    const executor = await executorWith({ reuse: 'workflow-execution' })
    const runs: ExecutionResult[] = []
    for (let count = 0; count < 4; count += 1) runs.push(await executor.execute(request(inWorkflow)))
    expect(new Set(runs.map(({ sandboxId }) => sandboxId)).size).toBe(1)
    expect(runs.map(({ heldFromMs }) => heldFromMs)).toEqual([
      0,
      ...runs.slice(0, 3).map(({ heldUntilMs }) => heldUntilMs),
    ])
    const [first] = runs
    const last = runs.at(-1)
    if (first === undefined || last === undefined) throw new Error('nothing ran')
    const life = await pricing.costsOf({ ...last, heldFromMs: 0 })
    const sum = runs.reduce((total, { costAllocatedNanoUsd }) => total + Number(costAllocatedNanoUsd), 0)
    expect(sum).toBe(life.costAllocatedNanoUsd)
  })

  it('does not know the costs where the provider does not say what it allocated', async () => {
    standIn.fail({ on: 'info', how: 'answer', status: 500, times: 10 })
    const result = await (await executorWith()).execute(request())
    expect(result).toMatchObject({
      outcome: 'success',
      allocatedVcpus: null,
      costRunNanoUsd: null,
      costAllocatedNanoUsd: null,
      priceId: null,
    })
  })

  it('charges nothing for code that is refused before a sandbox is asked for', async () => {
    const executor = await executorWith()
    const created = (): number => standIn.served.filter((route) => route === 'create').length
    const before = created()
    const refused = await executor.execute(request({ language: 'typescript', code: 'const = 1' }))
    const forbidden = await executor.execute(
      request({ language: 'javascript', code: "import 'node:fs'", policy: { denyModules: ['fs'] } }),
    )
    for (const { costRunNanoUsd, costAllocatedNanoUsd, outcome } of [refused, forbidden])
      expect({ outcome, costRunNanoUsd, costAllocatedNanoUsd }).toEqual({
        outcome: 'failure',
        costRunNanoUsd: 0,
        costAllocatedNanoUsd: 0,
      })
    expect(created()).toBe(before)
  })
})
