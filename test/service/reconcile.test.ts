import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDeadLetters } from '../../src/telemetry/outbox/read-dead-letters.ts'
import { reconcile } from '../../src/service/reconcile.ts'
import { toClickHouseTime } from '../../src/store/rows.ts'
import type { Scope } from '../../src/store/scope.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'
import { insertExported, toExported } from '../support/exporter-rows.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { insertStarted } from '../support/started.ts'

let home: TemporaryDirectory
let clickhouse: RunningClickHouse
beforeAll(async () => {
  home = await temporaryDirectory()
  clickhouse = await startClickHouse()
})
afterAll(async () => {
  await clickhouse.stop()
  await home[Symbol.asyncDispose]()
})

const ACME: Scope = { organizationId: 'acme' }
const minutesAgo = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()

/** An organization of its own a test, begun `minutes` ago. */
function begunAgo(organizationId: string, minutes: number) {
  return makeRecord({ organizationId, startedAt: minutesAgo(minutes) })
}

function ask(organizationId: string, from = minutesAgo(120)) {
  const { store } = clickhouse
  const window = { from, to: minutesAgo(0) }
  return reconcile({ store, scope: { organizationId }, home: home.path }, { window })
}

describe('ids begun against ids stored', () => {
  it('finds nothing where every execution begun has its row, however often it was delivered', async () => {
    const records = [begunAgo('whole', 60), begunAgo('whole', 59)]
    await insertStarted(clickhouse, records)
    await insertStarted(clickhouse, records)
    await insertRecords(clickhouse, records)
    await insertRecords(clickhouse, records)
    expect(await ask('whole')).toMatchObject({
      begun: 2,
      stored: 2,
      pending: 0,
      missingCount: 0,
      missing: [],
      duplicated: [],
    })
  })

  it('names those begun that have no row, the oldest first', async () => {
    const [old, newer, kept] = [begunAgo('lossy', 60), begunAgo('lossy', 50), begunAgo('lossy', 40)]
    await insertStarted(clickhouse, [newer, old, kept])
    await insertRecords(clickhouse, [kept])
    const found = await ask('lossy')
    expect(found).toMatchObject({ begun: 3, stored: 1, missingCount: 2, pending: 0 })
    expect(found.missing).toEqual([
      expect.objectContaining({
        executionId: old.executionId,
        codeAgentId: 'summer',
        organizationId: 'lossy',
      }),
      expect.objectContaining({
        executionId: newer.executionId,
        runtime: 'subprocess',
        executorId: 'executor-1',
      }),
    ])
    expect(found.missing[0]?.startedAt).toContain(old.startedAt.slice(0, -1))
  })

  it('takes what may still run for pending, not for missing', async () => {
    await insertStarted(clickhouse, [
      begunAgo('running', 1),
      makeRecord({ organizationId: 'running', startedAt: minutesAgo(60), limitTimeoutMs: 7_200_000 }),
    ])
    expect(await ask('running')).toMatchObject({ begun: 2, pending: 2, missingCount: 0 })
  })

  it('names a row whose span should have come long ago, and has not', async () => {
    const [traced, bare, young] = [begunAgo('spans', 60), begunAgo('spans', 59), begunAgo('spans', 58)]
    const { store } = clickhouse
    await insertRecords(clickhouse, [young])
    for (const { executionId, startedAt } of [traced, bare])
      await store.command(
        `INSERT INTO code_exec_logs (execution_id, organization_id, started_at, inserted_at)
         SELECT {executionId:String}, 'spans', {startedAt:DateTime64(9)}, now64(3) - toIntervalMinute(5)`,
        { executionId, startedAt: toClickHouseTime(startedAt) },
      )
    await store.command(
      `INSERT INTO otel_traces (Timestamp, SpanAttributes) SELECT {startedAt:DateTime64(9)},
       map('code_exec.organization.id', 'spans', 'code_exec.execution.id', {executionId:String})`,
      { executionId: traced.executionId, startedAt: toClickHouseTime(traced.startedAt) },
    )
    expect(await ask('spans')).toMatchObject({ stored: 3, spanlessCount: 1, spanless: [bare.executionId] })
  })

  it('takes a beginning whose event the exporter did not name for one', async () => {
    const record = begunAgo('unnamed', 60)
    await insertExported(clickhouse, [{ ...toExported(record), EventName: '' }], 'code_exec_events')
    await insertExported(
      clickhouse,
      [{ ...toExported(record), EventName: 'code_exec.started' }],
      'code_exec_events',
    )
    expect(await ask('unnamed')).toMatchObject({ begun: 1, missingCount: 1 })
  })

  it('names an id that has two rows', async () => {
    const record = begunAgo('twice', 60)
    await insertRecords(clickhouse, [record, { ...record, startedAt: minutesAgo(59) }])
    expect((await ask('twice')).duplicated).toEqual([{ executionId: record.executionId, rows: 2 }])
  })

  it('looks only at its window', async () => {
    await insertStarted(clickhouse, [begunAgo('windowed', 60)])
    expect(await ask('windowed', minutesAgo(30))).toMatchObject({ begun: 0, missingCount: 0 })
    expect(await ask('windowed', minutesAgo(90))).toMatchObject({ begun: 1, missingCount: 1 })
  })

  it("never counts another organization's", async () => {
    const id = uuidv7()
    await insertStarted(clickhouse, [{ ...begunAgo('mine', 60), executionId: id }])
    await insertRecords(clickhouse, [{ ...begunAgo('theirs', 60), executionId: id }])
    expect(await ask('mine')).toMatchObject({ begun: 1, stored: 0, missingCount: 1 })
    expect(await ask('theirs')).toMatchObject({ begun: 0, stored: 1, missingCount: 0 })
  })
})

describe('dead letters', () => {
  const record = (executionId: string, organizationId: string, rest = {}) =>
    JSON.stringify({
      ...rest,
      attributes: [
        { key: 'code_exec.execution.id', value: { stringValue: executionId } },
        { key: 'code_exec.organization.id', value: { stringValue: organizationId } },
      ],
    })
  const letter = (at: string, json: string): string =>
    JSON.stringify({ at, signal: 'logs', reason: 'status 400: too odd', json })

  beforeAll(async () => {
    const folder = join(home.path, 'outbox', 'dead')
    await mkdir(folder, { recursive: true })
    const lines = [
      letter('2026-11-02T10:00:00.000Z', record('e-1', 'acme', { eventName: 'code_exec.completed' })),
      letter('2026-11-02T11:00:00.000Z', record('e-2', 'globex')),
      letter('2026-11-02T12:00:00.000Z', '{"no": "record"}'),
      '{"at":"2026-11-02T13:00:00.000Z","reason":"cut sh',
    ]
    await writeFile(join(folder, '2026-11-02.ndjson'), lines.join('\n'))
    await writeFile(
      join(folder, '2026-11-01.ndjson'),
      letter('2026-11-01T10:00:00.000Z', record('e-0', 'acme')),
    )
  })

  const read = (scope: Scope, from: string, limit = 10) =>
    readDeadLetters(home.path, {
      organizationId: scope === 'all' ? null : scope.organizationId,
      since: from,
      limit,
    })

  it('are read oldest first, with the words of whoever refused', async () => {
    const { count, letters } = await read('all', '2026-11-01T00:00:00Z')
    expect(count).toBe(4)
    expect(letters.map(({ executionId }) => executionId)).toEqual(['e-0', 'e-1', 'e-2', null])
    expect(letters[1]).toEqual({
      executionId: 'e-1',
      organizationId: 'acme',
      event: 'code_exec.completed',
      at: '2026-11-02T10:00:00.000Z',
      reason: 'status 400: too odd',
    })
  })

  it('are only those of the organization and since the begin', async () => {
    const { letters } = await read(ACME, '2026-11-02T00:00:00Z')
    expect(letters.map(({ executionId }) => executionId)).toEqual(['e-1'])
  })

  it('are all counted where not all are kept', async () => {
    const { count, letters } = await read('all', '2026-11-01T00:00:00Z', 1)
    expect({ count, kept: letters.length }).toEqual({ count: 4, kept: 1 })
  })

  it('are none in a home that never had any', async () => {
    await using fresh = await temporaryDirectory()
    const found = await readDeadLetters(fresh.path, {
      organizationId: null,
      since: minutesAgo(1),
      limit: 1,
    })
    expect(found).toEqual({ count: 0, letters: [] })
  })
})
