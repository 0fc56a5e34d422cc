/** Budgets over a real Postgres: two gates are two services that share it. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ExectrailError } from '../../src/errors.ts'
import { cost, ESTIMATE, NOW, openBudget, putNew, refused, reserve, USD } from '../support/budgets.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { waitFor } from '../support/wait.ts'

let metadata: TestMetadata
beforeAll(async () => {
  metadata = await startMetadata()
})
afterAll(() => metadata[Symbol.asyncDispose]())

it('refuses from the limit on, says when the next period begins, and runs again then', async () => {
  const { organizationId, clock, gate, state, warned } = await openBudget(metadata)
  const one = gate()
  const charge = await reserve(one, organizationId)
  expect(await state()).toMatchObject({ reservedNanoUsd: ESTIMATE, runningCount: 1, spentNanoUsd: 0 })
  charge.settle(cost(organizationId, USD))
  const error = await refused(reserve(one, organizationId))
  expect(error).toMatchObject({
    code: 'budget_exceeded',
    status: 429,
    resetsAt: '2026-12-01T00:00:00.000Z',
    retryAfterMs: 30_000,
    message: expect.stringContaining('$1.00 of $1.00; the next period begins at 2026-12-01'),
  })
  expect(await state()).toMatchObject({
    spentNanoUsd: USD,
    reservedNanoUsd: 0,
    count: 1,
    usedRatio: 1,
    state: 'exceeded',
    warnings: [{ percent: 50 }, { percent: 80 }, { percent: 100 }],
  })
  expect(warned.map((line) => /used to (\d+) %/.exec(line)?.[1])).toEqual(['50', '80', '100'])
  // The service is restarted: another gate knows it as well.
  expect(await refused(reserve(gate(), organizationId))).toMatchObject({ code: 'budget_exceeded' })
  clock.now = Date.parse('2026-12-01T00:00:00Z')
  await reserve(one, organizationId)
  expect(await state()).toMatchObject({ from: '2026-12-01T00:00:00.000Z', spentNanoUsd: 0, warnings: [] })
})

it('counts an execution in the period that it started in', async () => {
  const { organizationId, clock, gate, state } = await openBudget(metadata)
  const one = gate()
  const charge = await reserve(one, organizationId)
  clock.now = Date.parse('2026-12-01T00:00:10Z')
  charge.settle(cost(organizationId, 0.6 * USD))
  await one.close()
  expect(await state()).toMatchObject({ spentNanoUsd: 0, reservedNanoUsd: 0 })
  clock.now = NOW
  expect(await state()).toMatchObject({ spentNanoUsd: 0.6 * USD, warnings: [{ percent: 50 }] })
})

it('is passed by at most one execution when two services begin many at once', async () => {
  const limit = 10 * ESTIMATE + 1
  const { organizationId, gate, state } = await openBudget(metadata, { limitNanoUsd: limit })
  const gates = [gate(), gate()]
  const asked = await Promise.allSettled(
    Array.from({ length: 200 }, (_, index) => reserve(gates[index % 2] ?? gate(), organizationId)),
  )
  const admitted = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  expect(admitted).toHaveLength(11)
  const first = asked.find((one) => one.status === 'rejected')
  // What is reserved may be free again in a moment.
  expect(first).toMatchObject({ reason: { code: 'budget_exceeded', retryAfterMs: 1_000 } })
  for (const charge of admitted) charge.settle(cost(organizationId, ESTIMATE))
  for (const one of gates) await one.close()
  expect(await state()).toMatchObject({ spentNanoUsd: 11 * ESTIMATE, reservedNanoUsd: 0, count: 11 })
})

it('gives back what was reserved for an execution that did not begin, or that cost less', async () => {
  const { organizationId, gate, state } = await openBudget(metadata, { limitNanoUsd: ESTIMATE })
  const one = gate()
  const first = await reserve(one, organizationId)
  expect(await refused(reserve(one, organizationId))).toMatchObject({ code: 'budget_exceeded' })
  first.release()
  const second = await reserve(one, organizationId)
  second.settle(cost(organizationId, 10))
  second.release()
  await reserve(one, organizationId)
  expect(await state()).toMatchObject({ spentNanoUsd: 10, runningCount: 1, count: 1 })
})

it('forgets what an executor had reserved that was killed', async () => {
  const { organizationId, budget, gate } = await openBudget(metadata, { limitNanoUsd: ESTIMATE })
  const { queries } = metadata.database
  await queries
    .insertInto('budget_holds')
    .values({
      budget_id: budget.id,
      executor_id: 'killed',
      reserved_nano_usd: ESTIMATE,
      running: 1,
      expires_at: new Date(Date.now() + 60_000),
    })
    .execute()
  const one = gate()
  expect(await refused(reserve(one, organizationId))).toMatchObject({ code: 'budget_exceeded' })
  await queries
    .updateTable('budget_holds')
    .set({ expires_at: new Date(Date.now() - 1) })
    .where('executor_id', '=', 'killed')
    .execute()
  await reserve(one, organizationId)
})

it('says how many executions have an unknown cost, and does not take it for 0', async () => {
  const { organizationId, gate, state, warned } = await openBudget(metadata, { action: 'warn' })
  const one = gate()
  for (const nanoUsd of [null, 0.9 * USD, null]) {
    const charge = await reserve(one, organizationId)
    charge.settle(cost(organizationId, nanoUsd))
  }
  await one.close()
  expect(await state()).toMatchObject({
    count: 3,
    unpricedCount: 2,
    spentNanoUsd: 0.9 * USD,
    state: 'warning',
  })
  expect(warned).toHaveLength(2)
})

it('covers only executions that it names, and a new one holds soon', async () => {
  const { organizationId, gate } = await openBudget(metadata, { codeAgentId: 'summer', limitNanoUsd: 1 })
  const one = gate()
  const summer = await reserve(one, organizationId, { codeAgentId: 'summer' })
  summer.settle({ ...cost(organizationId, 5), codeAgentId: 'summer' })
  expect(await refused(reserve(one, organizationId, { codeAgentId: 'summer' }))).toMatchObject({
    message: expect.stringContaining('agent "summer"'),
  })
  await reserve(one, organizationId, { codeAgentId: 'winter' })
  await reserve(one, randomUUID(), { codeAgentId: 'summer' })
  await putNew(metadata, { organizationId, userId: 'ada', limitNanoUsd: 1, period: 'day' })
  const begin = performance.now()
  await waitFor(
    async () => {
      const charge = await reserve(one, organizationId, { userId: 'ada' }).catch(() => null)
      charge?.settle({ ...cost(organizationId, 1), userId: 'ada' })
      return charge === null
    },
    { what: 'the new budget' },
  )
  expect(performance.now() - begin).toBeLessThan(15_000)
})

it('survives that Postgres is killed: nothing passes by meanwhile, and what ended is counted', async () => {
  const { organizationId, gate, state } = await openBudget(metadata)
  const one = gate()
  const charges = [await reserve(one, organizationId), await reserve(one, organizationId)]
  const { process: postgres } = metadata.postgres
  const before = postgres.restarts
  process.kill(postgres.pid ?? 0, 'SIGKILL')
  await waitFor(() => postgres.state !== 'ready' || postgres.restarts > before, {
    what: 'the end of Postgres',
  })
  for (const charge of charges) charge.settle(cost(organizationId, 0.3 * USD))
  await waitFor(
    async () => {
      const charge = await reserve(one, organizationId).catch((error: ExectrailError) => error.code)
      if (typeof charge === 'string') expect(charge).toBe('metadata_unavailable')
      else charge.release()
      return typeof charge !== 'string'
    },
    { what: 'Postgres' },
  )
  await one.close()
  expect(await state()).toMatchObject({ spentNanoUsd: 0.6 * USD, count: 2, reservedNanoUsd: 0 })
})
