/** Figures by a field of few values, which are read in one pass as long as they are few. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { getStats, type Stats } from '../../src/store/queries/stats.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { DAY, insertOtelRows } from '../support/otel-rows.ts'

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(() => clickhouse.stop())

const ask = (limit: number): Promise<Stats> =>
  getStats(clickhouse.store, {
    scope: 'all',
    window: DAY,
    filter: { terms: [] },
    groupBy: ['language'],
    order: 'count',
    limit,
  })

it('has every group in order, and the rest as others where other senders have more values than there should be', async () => {
  const rows = Array.from({ length: 7 }, (_, language) =>
    Array.from({ length: 8 - language }, (_all, n) => ({
      executionId: `${language}-${n}`,
      attributes: { 'code_exec.language': `language-${language}` },
    })),
  ).flat()
  await insertOtelRows(clickhouse.store, rows)
  const all = await ask(50)
  const counts = (stats: Stats): unknown[] => stats.groups.map(({ key, count }) => [key.language, count])
  expect(counts(all)).toEqual([0, 1, 2, 3, 4, 5, 6].map((n) => [`language-${n}`, 8 - n]))
  expect([all.total.count, all.other]).toEqual([35, null])
  const few = await ask(5)
  expect(counts(few)).toEqual(counts(all).slice(0, 5))
  expect([few.total.count, few.other?.count]).toEqual([35, 5])
  expect(counts(await ask(7))).toEqual(counts(all))
  expect((await ask(3)).other?.count).toBe(14)
})
