/** What an executor holds of budgets when their database goes away, and how much it asks of it. */
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'
import type { KyselyPlugin } from 'kysely'
import { sourceOf, type BudgetSource } from '../../src/budgets/source.ts'
import { commitBatch } from '../../src/budgets/batch.ts'
import { periodAt } from '../../src/cost/period.ts'
import { cost, ESTIMATE, NOW, openBudget, putNew, refused, reserve, USD } from '../support/budgets.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { waitFor } from '../support/wait.ts'

let metadata: TestMetadata
beforeAll(async () => {
  metadata = await startMetadata()
})
afterAll(() => metadata[Symbol.asyncDispose]())
afterEach(() => vi.useRealTimers())

/** The database of the test, or what stands in for it. */
function switched(): { source: BudgetSource; database: () => ReturnType<BudgetSource['database']> } {
  const own = { database: () => Promise.resolve<TestMetadata['database'] | null>(metadata.database) }
  const source = { ...sourceOf(metadata.database), database: () => own.database() }
  return Object.assign(own, { source })
}

it('renews nothing more when the stack of its budgets has ended', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { organizationId, gate } = await openBudget(metadata)
  const stack = switched()
  const one = gate(stack.source)
  const before = vi.getTimerCount()
  const charge = await reserve(one, organizationId)
  expect(vi.getTimerCount()).toBe(before + 1)
  stack.database = () => Promise.resolve(null)
  charge.release()
  await waitFor(() => vi.getTimerCount() === before, { what: 'the end of the renewal' })
})

it('gives back what was reserved for an execution whose cost could not be written', async () => {
  const { organizationId, gate, warned } = await openBudget(metadata, { limitNanoUsd: ESTIMATE })
  const stack = switched()
  const one = gate(stack.source)
  const charge = await reserve(one, organizationId)
  expect(await refused(reserve(one, organizationId))).toMatchObject({ code: 'budget_exceeded' })
  const { database } = stack
  stack.database = () => Promise.reject(new Error('a fault of the program'))
  charge.settle(cost(organizationId, 1))
  await waitFor(() => warned.length > 0, { what: 'the warning' })
  stack.database = database
  await reserve(one, organizationId)
})

it('notes the warnings of many budgets in one statement', async () => {
  const { organizationId, budget } = await openBudget(metadata)
  const daily = await putNew(metadata, { organizationId, period: 'day' })
  const inserts: string[] = []
  const watch: KyselyPlugin = {
    transformQuery({ node }) {
      if (node.kind === 'InsertQueryNode') inserts.push(node.into?.table.identifier.name ?? '')
      return node
    },
    transformResult: ({ result }) => Promise.resolve(result),
  }
  const queries = metadata.database.queries.withPlugin(watch)
  const spends = [budget, daily].map(({ id, period }) => ({
    budgetId: id,
    periodStart: periodAt(period, NOW).from,
    nanoUsd: 0.9 * USD,
    count: 1,
    unpricedCount: 0,
  }))
  const batch = { spends, ended: [], asked: [], renewed: [], held: new Map(), executorId: 'e', now: NOW }
  const commit = () => commitBatch({ ...metadata.database, queries }, batch)
  const { warnings } = await commit()
  expect(warnings.map((one) => `${one.budget.period} ${one.percent}`).toSorted()).toEqual([
    'day 50',
    'day 80',
    'month 50',
    'month 80',
  ])
  expect(inserts.filter((table) => table === 'budget_warnings')).toHaveLength(1)
  expect((await commit()).warnings.map(({ percent }) => percent)).toEqual([100, 100])
})
