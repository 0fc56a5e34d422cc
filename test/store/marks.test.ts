/** Marks of the store are in memory before the first question. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Store } from '../../src/store/client.ts'
import { getExecution } from '../../src/store/queries/get-execution.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { insertOtelRows } from '../support/otel-rows.ts'

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(() => clickhouse.stop())

async function missesOf(store: Store, work: () => Promise<unknown>): Promise<number> {
  const read = async (): Promise<number> => {
    const [row] = await store.query<{ n: string }>(
      "SELECT sum(value) AS n FROM system.events WHERE event = 'MarkCacheMisses'",
    )
    return Number(row?.n)
  }
  const before = await read()
  await work()
  return (await read()) - before
}

it('reads an execution without loading marks, after an insert and after a restart', async () => {
  const { store } = clickhouse
  // As large parts are.
  await store.command('ALTER TABLE code_exec_logs MODIFY SETTING min_bytes_for_wide_part = 0')
  await insertOtelRows(store, [{ executionId: 'one' }, { executionId: 'two' }])
  const ask = async (): Promise<void> => {
    expect((await getExecution(store, 'all', 'one'))?.executionId).toBe('one')
  }
  expect(await missesOf(store, ask)).toBe(0)
  await clickhouse.restart()
  expect(await missesOf(store, ask)).toBe(0)
})
