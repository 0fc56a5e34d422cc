import { randomUUID } from 'node:crypto'
import { assert, asyncProperty, constantFrom, record, string } from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/client.ts'
import { migrate } from '../../src/store/migrate.ts'
import { getAgentStats } from '../../src/store/queries/agent-stats.ts'
import { getExecution } from '../../src/store/queries/get-execution.ts'
import { listExecutions, type ListExecutions } from '../../src/store/queries/list-executions.ts'
import { runSql } from '../../src/store/queries/run-sql.ts'
import { RECORD_FIELDS } from '../../src/store/rows.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'

let clickhouse: RunningClickHouse
let store: Store
beforeAll(async () => {
  clickhouse = await startClickHouse()
  store = clickhouse.store
})
afterAll(() => clickhouse.stop())

const DAY = { from: '2026-11-01T00:00:00Z', to: '2026-11-02T00:00:00Z' }

interface Given {
  executionId: string
  startedMs?: number
  attributes?: Record<string, string>
}

/** Inserts rows as the Collector's exporter does: the OTel columns alone. */
async function insert(given: readonly Given[]): Promise<void> {
  const rows = given.map(({ executionId, startedMs = 0, attributes = {} }) => {
    const startedNs = (BigInt(Date.parse(DAY.from)) + BigInt(startedMs)) * 1_000_000n + 123_456_789n
    const LogAttributes = {
      'code_exec.execution.id': executionId,
      'code_exec.organization.id': 'acme',
      'gen_ai.agent.id': 'a',
      'code_exec.runtime': 'subprocess',
      'code_exec.language': 'python',
      'code_exec.outcome': 'success',
      'code_exec.success': 'true',
      'code_exec.duration_ms': '10',
      'code_exec.started_at': `${startedNs}`,
      ...attributes,
    }
    const Timestamp = `${new Date(Date.parse(DAY.from) + startedMs + 50).toISOString().slice(0, 23).replace('T', ' ')}`
    return JSON.stringify({
      Timestamp,
      TraceId: 't',
      SpanId: 's',
      EventName: 'code_exec.completed',
      LogAttributes,
    })
  })
  await store.command(
    `INSERT INTO code_exec_logs (Timestamp, TraceId, SpanId, EventName, LogAttributes) FORMAT JSONEachRow\n${rows.join('\n')}`,
  )
}

const listOf = (part: Partial<ListExecutions>): ListExecutions => ({
  scope: { organizationId: 'acme' },
  window: DAY,
  filter: {},
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
    expect(Object.keys(found ?? {})).toEqual([...RECORD_FIELDS])
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
    expect(await listExecutions(store, listOf({ filter: { codeAgentId: 'twice' } }))).toHaveLength(1)
  })

  it('pages newest first without a gap or a repeat while rows arrive', async () => {
    const agent = { 'gen_ai.agent.id': 'pages' }
    const ids = Array.from({ length: 25 }, (_, n) => `page-${String(n).padStart(2, '0')}`)
    await insert(
      ids.map((executionId, n) => ({ executionId, startedMs: Math.floor(n / 3) * 1000, attributes: agent })),
    )
    const seen: string[] = []
    let after: ListExecutions['after'] = null
    for (;;) {
      const page = await listExecutions(store, listOf({ filter: { codeAgentId: 'pages' }, limit: 7, after }))
      seen.push(...page.map((row) => row.executionId ?? ''))
      const last = page.at(-1)
      if (last?.startedAt === undefined || last.executionId === undefined) break
      after = { startedAt: last.startedAt, executionId: last.executionId }
      await insert([{ executionId: `late-${seen.length}`, startedMs: 3_600_000, attributes: agent }])
    }
    expect(seen.filter((id) => id.startsWith('page'))).toEqual(ids.toSorted().reverse())
    expect(new Set(seen).size).toBe(seen.length)
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
          expect(await listExecutions(store, listOf({ scope, filter: { codeAgentId: 'secret' } }))).toEqual(
            [],
          )
          expect((await getAgentStats(store, { scope, agentId: 'secret', window: DAY })).count).toBe(0)
          expect((await getAgentStats(store, { scope, agentId, window: DAY })).agentId).toBe(agentId)
        },
      ),
      { numRuns: 20 },
    )
    expect(await getExecution(store, { organizationId: "o'brien" }, executionId)).not.toBeNull()
  })

  it('counts, rates, spreads and splits what an agent did, and the window before beside it', async () => {
    const agent = { 'gen_ai.agent.id': 'stats' }
    const failed = {
      'code_exec.success': 'false',
      'code_exec.outcome': 'failure',
      'error.type': 'exception',
      'exception.message': 'no',
      'code_exec.error.fingerprint': 'f'.repeat(16),
      'process.exit.code': '1',
    }
    await insert([
      ...[10, 20, 30].map((ms, n) => ({
        executionId: `s${n}`,
        startedMs: n,
        attributes: {
          ...agent,
          'code_exec.duration_ms': `${ms}`,
          'process.exit.code': '0',
          'code_exec.tokens_used': '5',
        },
      })),
      {
        executionId: 's3',
        startedMs: 9,
        attributes: {
          ...agent,
          ...failed,
          'code_exec.language': 'bash',
          'code_exec.validation.passed': 'false',
        },
      },
      { executionId: 'before', startedMs: -1000, attributes: agent },
    ])
    const stats = await getAgentStats(store, {
      scope: { organizationId: 'acme' },
      agentId: 'stats',
      window: DAY,
      compare: 'previous',
    })
    expect(stats).toMatchObject({
      count: 4,
      successCount: 3,
      successRate: 0.75,
      validationPassRate: 0,
      tokensUsed: { sum: 15, avg: 5 },
      byOutcome: { success: 3, failure: 1, timeout: 0, limit: 0, cancelled: 0, error: 0 },
      byLanguage: [
        { key: 'python', count: 3, successRate: 1 },
        { key: 'bash', count: 1, successRate: 0 },
      ],
      topErrors: [{ fingerprint: 'f'.repeat(16), message: 'no', count: 1, executionId: 's3' }],
      costRunNanoUsd: null,
      previous: { count: 1 },
    })
    expect(stats.durationMs).toMatchObject({ avg: 17.5, max: 30 })
    expect(stats.byExitCode.map((group) => [group.key, group.count])).toEqual([
      [0, 3],
      [1, 1],
    ])
    expect(stats.memoryPeakBytes).toEqual({
      avg: null,
      p50: null,
      p90: null,
      p95: null,
      p99: null,
      max: null,
    })
  })

  it('says null, not zero, of an agent without executions', async () => {
    const stats = await getAgentStats(store, { scope: 'all', agentId: 'nobody', window: DAY })
    expect(stats).toMatchObject({
      count: 0,
      successRate: null,
      firstSeen: null,
      durationMs: { p50: null },
      topErrors: [],
    })
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

  it('keeps every acknowledged row through SIGKILL', async () => {
    const ids: string[] = []
    for (let n = 0; n < 5; n += 1) {
      const executionId = `kill-${n}`
      await insert([{ executionId, attributes: { 'gen_ai.agent.id': 'killed' } }])
      ids.push(executionId)
      await clickhouse.restart()
    }
    const rows = await listExecutions(store, listOf({ filter: { codeAgentId: 'killed' } }))
    expect(rows.map((row) => row.executionId).toSorted()).toEqual(ids)
  })
})
