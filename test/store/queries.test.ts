import { randomUUID } from 'node:crypto'
import { assert, asyncProperty, constantFrom, record, string } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/client.ts'
import { migrate } from '../../src/store/migrate.ts'
import { getAgentStats } from '../../src/store/queries/agent-stats.ts'
import { getExecution } from '../../src/store/queries/get-execution.ts'
import type { ListExecutionsQuery } from '../../src/store/list-page.ts'
import { listExecutions } from '../../src/store/queries/list-executions.ts'
import { runSql } from '../../src/store/queries/run-sql.ts'
import { FIELD_NAMES } from '../../src/record/record.ts'
import { DAY, insertOtelRows, type Given } from '../support/otel-rows.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

let clickhouse: RunningClickHouse
let store: Store
beforeAll(async () => {
  clickhouse = await startClickHouse()
  store = clickhouse.store
})
afterAll(() => clickhouse.stop())

const insert = (given: readonly Given[]): Promise<void> => insertOtelRows(store, given)

const agentIs = (agent: string): ListExecutionsQuery['filter'] => ({
  terms: [{ field: 'codeAgentId', operator: '=', values: [agent] }],
})

const listOf = (part: Partial<ListExecutionsQuery>): ListExecutionsQuery => ({
  scope: { organizationId: 'acme' },
  window: DAY,
  filter: { terms: [] },
  order: 'newest',
  after: null,
  limit: 100,
  fields: ['executionId', 'startedAt'],
  ...part,
})

describe('the store', () => {
  it('is migrated once; a second time applies nothing and nothing is pending', async () => {
    expect((await migrate(store)).applied).toEqual([])
    expect(await store.pendingMigrations()).toEqual([])
  })

  it('says in its own words what a statement got wrong', async () => {
    await expect(store.query('SELECT nope')).rejects.toThrow(/ClickHouse: .*nope.*code 47/u)
  })

  it('reads back every field, absent ones as null', async () => {
    const executionId = randomUUID()
    await insert([
      {
        executionId,
        attributes: {
          'gen_ai.agent.id': 'whole',
          'process.exit.code': '0',
          'code_exec.memory.peak_bytes': '1048576',
        },
      },
    ])
    const found = await getExecution(store, { organizationId: 'acme' }, executionId)
    expect(Object.keys(found ?? {})).toEqual([...FIELD_NAMES])
    expect(found).toMatchObject({
      executionId,
      codeAgentId: 'whole',
      exitCode: 0,
      success: true,
      durationMs: 10,
      memoryPeakBytes: 1_048_576,
      startedAt: '2026-11-01T00:00:00.123456789Z',
      timestamp: '2026-11-01T00:00:00.050000000Z',
      workspaceId: null,
      errorType: null,
      cpuMs: null,
      validationPassed: null,
      result: null,
    })
  })

  it('takes an attribute of the wrong type for absent instead of refusing the batch', async () => {
    const executionId = randomUUID()
    await insert([
      {
        executionId,
        attributes: { 'process.exit.code': 'NaN', 'code_exec.duration_ms': '', 'code_exec.attempt': '-1' },
      },
    ])
    expect(await getExecution(store, 'all', executionId)).toMatchObject({
      exitCode: null,
      durationMs: 0,
      attempt: 0,
    })
  })

  it('shows a row delivered twice once, and lets the true completion win over the presumed crash', async () => {
    const executionId = randomUUID()
    const crashed = {
      'gen_ai.agent.id': 'twice',
      'error.type': 'executor_crashed',
      'code_exec.outcome': 'error',
      'code_exec.success': 'false',
    }
    await insert([{ executionId, attributes: { 'gen_ai.agent.id': 'twice' } }])
    await insert([{ executionId, attributes: { 'gen_ai.agent.id': 'twice' } }])
    await insert([{ executionId, attributes: crashed }])
    const stats = await getAgentStats(store, { scope: 'all', agentId: 'twice', window: DAY })
    expect(stats).toMatchObject({ count: 1, successCount: 1 })
    expect((await listExecutions(store, listOf({ filter: agentIs('twice') }))).rows).toHaveLength(1)
  })

  it('pages newest first without a gap or a repeat while rows arrive', async () => {
    const agent = { 'gen_ai.agent.id': 'pages' }
    const ids = Array.from({ length: 25 }, (_, n) => `page-${String(n).padStart(2, '0')}`)
    await insert(
      ids.map((executionId, n) => ({ executionId, startedMs: Math.floor(n / 3) * 1000, attributes: agent })),
    )
    const seen: string[] = []
    let after: ListExecutionsQuery['after'] = null
    for (;;) {
      const { rows: page } = await listExecutions(
        store,
        listOf({ filter: agentIs('pages'), limit: 7, after }),
      )
      seen.push(...page.map((row) => row.record.executionId ?? ''))
      const last = page.at(-1)
      if (last === undefined) break
      after = last.position
      await insert([{ executionId: `late-${seen.length}`, startedMs: 3_600_000, attributes: agent }])
    }
    expect(seen.filter((id) => id.startsWith('page'))).toEqual(ids.toSorted().reverse())
    expect(new Set(seen).size).toBe(seen.length)
  })

  it('gives the same list, page by page, however its rows lie in the window', async () => {
    const starts = [
      0,
      1,
      2,
      43_200_000,
      85_000_000,
      ...Array.from({ length: 20 }, (_, n) => 86_000_000 + n * 9),
    ]
    const given = starts.map((startedMs, n) => ({
      executionId: `spread-${String(n).padStart(2, '0')}`,
      startedMs,
    }))
    await insert(given.map((row) => ({ ...row, attributes: { 'gen_ai.agent.id': 'spread' } })))
    const ids = given.map(({ executionId }) => executionId).toReversed()
    for (const limit of [1, 5, 20, 24, 25, 26]) {
      const seen: string[] = []
      let after: ListExecutionsQuery['after'] = null
      do {
        const { rows: page } = await listExecutions(
          store,
          listOf({ filter: agentIs('spread'), limit, after }),
        )
        seen.push(...page.map(({ position }) => position.executionId))
        after = page.at(-1)?.position ?? null
      } while (after !== null)
      expect(seen).toEqual(ids)
    }
  })

  it('never shows one organization what is another’s, whatever the names', async () => {
    const executionId = randomUUID()
    await insert([
      { executionId, attributes: { 'code_exec.organization.id': "o'brien", 'gen_ai.agent.id': 'secret' } },
    ])
    const hostile = constantFrom("' OR 1=1 --", "o\\'brien", '{x:String}', 'acme', '')
    await assert(
      asyncProperty(
        record({ organizationId: hostile, agentId: string() }),
        async ({ organizationId, agentId }) => {
          const scope = { organizationId }
          expect(await getExecution(store, scope, executionId)).toBeNull()
          expect((await listExecutions(store, listOf({ scope, filter: agentIs('secret') }))).rows).toEqual([])
          expect((await getAgentStats(store, { scope, agentId: 'secret', window: DAY })).count).toBe(0)
          expect((await getAgentStats(store, { scope, agentId, window: DAY })).agentId).toBe(agentId)
        },
      ),
      { numRuns: 20 },
    )
    expect(await getExecution(store, { organizationId: "o'brien" }, executionId)).not.toBeNull()
  })

  it('answers free SQL with types and refuses to write by it', async () => {
    expect(await runSql(store, "SELECT 1 AS one, 'x' AS text;")).toEqual({
      data: [{ one: 1, text: 'x' }],
      columns: [
        { name: 'one', type: 'UInt8' },
        { name: 'text', type: 'String' },
      ],
    })
    await expect(runSql(store, 'DROP TABLE code_exec_logs')).rejects.toThrow('not allowed')
  })

  it('shows a row that was delivered twice once to free SQL, also without FINAL', async () => {
    const given = { executionId: 'twice', attributes: { 'gen_ai.agent.id': 'twice' } }
    await insert([given])
    await insert([given])
    const sql = "SELECT count() AS rows FROM code_exec_logs WHERE execution_id = 'twice'"
    expect((await runSql(store, sql)).data).toEqual([{ rows: 1 }])
  })

  it('keeps every acknowledged row through SIGKILL', async () => {
    const ids: string[] = []
    for (let n = 0; n < 5; n += 1) {
      const executionId = `kill-${n}`
      await insert([{ executionId, attributes: { 'gen_ai.agent.id': 'killed' } }])
      ids.push(executionId)
      await clickhouse.restart()
    }
    const { rows } = await listExecutions(store, listOf({ filter: agentIs('killed') }))
    expect(rows.map((row) => row.record.executionId ?? '').toSorted()).toEqual(ids)
  })
})
