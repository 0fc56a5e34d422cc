/** How long evaluations wait for rows that arrive late. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { evaluateDue } from '../../src/alerts/evaluate.ts'
import { LateRows } from '../../src/alerts/late-rows.ts'
import { createRule } from '../../src/alerts/manage-rules.ts'
import { moveOn } from '../../src/metadata/alert-rules.ts'
import { CALLER, MINUTE } from '../support/alert-stack.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { spentRule } from '../support/fired-rules.ts'
import { startMetadata } from '../support/metadata.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { absentStore } from '../support/service.ts'

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(() => clickhouse.stop())

/** Rows that arrive so long after their executions began. */
const insert = (count: number, seconds: number): Promise<void> =>
  insertRecords(
    clickhouse,
    Array.from({ length: count }, () =>
      makeRecord({ startedAt: new Date(Date.now() - seconds * 1000).toISOString() }),
    ),
  )

it('are as late as rows have come, within bounds, once there are enough', async () => {
  const measured = (): Promise<number> => new LateRows(clickhouse.store).delaySeconds()
  await insert(199, 100)
  expect(await measured()).toBe(30)
  await insert(1, 100)
  expect(await measured()).toBeGreaterThanOrEqual(100)
  await insert(20, 2_000)
  expect(await measured()).toBe(300)
  expect(await new LateRows(absentStore()).delaySeconds()).toBe(30)
})

it('hold for rules that do not say themselves', async () => {
  await using metadata = await startMetadata()
  const { database } = metadata
  const end = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE
  for (const rule of [spentRule([]), { ...spentRule([]), delaySeconds: 5 }]) {
    const { id } = await createRule(database, CALLER, rule)
    await moveOn(database.queries, [{ id, nextEnd: new Date(end).toISOString() }])
  }
  const sources = {
    store: absentStore(),
    database,
    pipeline: null,
    budgets: { spentShare: () => Promise.resolve(0) },
    lateRows: { delaySeconds: () => Promise.resolve(50) },
  }
  expect(await evaluateDue(sources, end + 10_000)).toMatchObject({ windows: 1 })
  expect(await evaluateDue(sources, end + 50_000)).toMatchObject({ windows: 1 })
})
