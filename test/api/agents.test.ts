import { afterAll, beforeAll, expect, it } from 'vitest'
import { agentStatsSchema } from '../../src/api/stats-schema.ts'
import type { AgentStats } from '../../src/store/queries/agent-stats.ts'
import { startApiStack } from '../support/api-stack.ts'
import type { RunningClickHouse } from '../support/clickhouse.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { readProblem, type TestService } from '../support/service.ts'

let clickhouse: RunningClickHouse
let service: TestService
let stop: () => Promise<void>
beforeAll(async () => {
  ;({ clickhouse, service, stop } = await startApiStack())
})
afterAll(() => stop())

it('counts, splits and spreads what an agent did', async () => {
  const good = Array.from({ length: 9 }, (_, n) =>
    makeRecord({
      codeAgentId: 'counted',
      durationMs: n + 1,
      tokensUsed: 10,
      validationPassed: true,
      runtime: 'vm2',
    }),
  )
  const bad = makeRecord({
    codeAgentId: 'counted',
    durationMs: 100,
    outcome: 'failure',
    success: false,
    exitCode: 3,
    validationPassed: false,
    memoryPeakBytes: null,
    errorType: 'exception',
    errorMessage: 'TypeError: no',
    errorFingerprint: '0123456789abcdef',
  })
  await insertRecords(clickhouse, [...good, bad])
  const stats = await service.json<AgentStats>('/v1/agents/counted/stats')
  expect(stats).toMatchObject({
    agentId: 'counted',
    count: 10,
    successCount: 9,
    successRate: 0.9,
    validationPassRate: 0.9,
    durationMs: { max: 100, avg: 14.5 },
    memoryPeakBytes: { max: 8_388_608 },
    tokensUsed: { sum: 90, avg: 10 },
    costRunNanoUsd: null,
    byOutcome: { success: 9, failure: 1, timeout: 0 },
    byLanguage: [{ key: 'python', count: 10 }],
    topErrors: [
      { fingerprint: '0123456789abcdef', message: 'TypeError: no', count: 1, executionId: bad.executionId },
    ],
  })
  expect(stats.byRuntime.map(({ key, count }) => [key, count])).toEqual([
    ['vm2', 9],
    ['subprocess', 1],
  ])
  expect(stats.byExitCode.map(({ key, count }) => [key, count])).toEqual([
    [0, 9],
    [3, 1],
  ])
  expect(agentStatsSchema.safeParse(stats).error).toBeUndefined()
})

it('compares with the window before when asked', async () => {
  const before = new Date(Date.now() - 90 * 60_000).toISOString()
  await insertRecords(clickhouse, [
    makeRecord({ codeAgentId: 'compared' }),
    makeRecord({ codeAgentId: 'compared', startedAt: before }),
    makeRecord({ codeAgentId: 'compared', startedAt: before }),
  ])
  const from = new Date(Date.now() - 60 * 60_000).toISOString()
  const stats = await service.json<AgentStats>(`/v1/agents/compared/stats?from=${from}&compare=previous`)
  expect([stats.count, stats.previous?.count]).toEqual([1, 2])
})

it('is all nothing, and null rather than zero, for an agent that did nothing', async () => {
  const stats = await service.json<AgentStats>(
    `/v1/agents/${encodeURIComponent("nobody'; DROP TABLE")}/stats`,
  )
  expect(stats).toMatchObject({
    agentId: "nobody'; DROP TABLE",
    count: 0,
    successRate: null,
    validationPassRate: null,
    durationMs: { avg: null, p99: null },
    tokensUsed: { sum: null, avg: null },
    byRuntime: [],
    topErrors: [],
    firstSeen: null,
  })
  expect(agentStatsSchema.safeParse(stats).error).toBeUndefined()
})

it('answers free SQL with rows and columns, and refuses to write, in the words of ClickHouse', async () => {
  const answer = await service.post('/v1/sql', { query: 'SELECT 1 AS one, NULL AS nothing, [1,2] AS list;' })
  expect(await answer.json()).toEqual({
    data: [{ one: 1, nothing: null, list: [1, 2] }],
    columns: [
      { name: 'one', type: 'UInt8' },
      { name: 'nothing', type: 'Nullable(Nothing)' },
      { name: 'list', type: 'Array(UInt8)' },
    ],
    window: null,
  })
  const refused = [
    'DROP TABLE code_exec_logs',
    "INSERT INTO code_exec_logs (execution_id) VALUES ('x')",
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT 1 INTO OUTFILE '/tmp/exectrail-outfile'",
    'SELECT * FROM nowhere',
    'SELEC 1',
  ]
  for (const query of refused) {
    const problem = await readProblem(await service.post('/v1/sql', { query }))
    expect([query, problem.status, problem.code]).toEqual([query, 422, 'query_refused'])
  }
})

it.each([
  {},
  { query: '' },
  { query: 1 },
  { query: 'SELECT 1', format: 'CSV' },
  { query: 'x'.repeat(100_001) },
])('refuses a question that is none: %.60j', async (body) => {
  expect((await readProblem(await service.post('/v1/sql', body))).code).toBe('invalid_request')
})
