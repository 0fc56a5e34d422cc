/** `GET /v1/retention`: how long tables keep their rows, for each key as far as it may know. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RetentionView } from '../../src/service/view-retention.ts'
import { startApiStack } from '../support/api-stack.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { ACME_KEY, ADMIN_KEY, withKey, type TestService } from '../support/service.ts'

let service: TestService
let stop: () => Promise<void>
beforeAll(async () => {
  const stack = await startApiStack({ contentDays: 30 })
  ;({ service, stop } = stack)
  await insertRecords(stack.clickhouse, [makeRecord({ organizationId: 'globex' })])
})
afterAll(() => stop())

async function retentionOf(key: string): Promise<RetentionView[]> {
  const { data } = await service.json<{ data: RetentionView[] }>('/v1/retention', 200, withKey(key))
  return data
}

describe('the retention of the tables', () => {
  it('has their sizes for an administrator', async () => {
    const logs = (await retentionOf(ADMIN_KEY)).find(({ table }) => table === 'code_exec_logs')
    expect(logs).toMatchObject({ rows: 1, bytes: expect.any(Number), oldestPartition: expect.any(String) })
  })

  it('says after how many days content goes, to every key', async () => {
    for (const key of [ADMIN_KEY, ACME_KEY])
      expect((await retentionOf(key)).map(({ table, contentDays }) => [table, contentDays])).toEqual([
        ['code_exec_events', null],
        ['code_exec_logs', 30],
        ['otel_traces', null],
      ])
  })

  it('has no size of what others hold too for a key that is bound to an organization', async () => {
    const tables = await retentionOf(ACME_KEY)
    expect(tables.map(({ table }) => table)).toContain('code_exec_logs')
    for (const table of tables)
      expect(table).toMatchObject({ rows: null, bytes: null, oldestPartition: null })
  })
})
