import { v7 as uuidv7 } from 'uuid'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ExecutionRecord } from '../../src/execution.ts'
import { PARAMETER_FIELDS } from '../../src/record/record.ts'
import type { ExecutionPage } from '../../src/service/list-executions.ts'
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

/** Records of an organization of their own, a millisecond apart, the newest last. */
async function insert(
  organizationId: string,
  count: number,
  change: (n: number) => Partial<ExecutionRecord> = () => ({}),
) {
  const begin = Date.now() - 60_000
  const records = Array.from({ length: count }, (_, n) =>
    makeRecord({ organizationId, startedAt: new Date(begin + n).toISOString(), ...change(n) }),
  )
  await insertRecords(clickhouse, records)
  return records
}

function list(query: string): Promise<ExecutionPage> {
  return service.json<ExecutionPage>(`/v1/executions?${query}`)
}

function ids(page: ExecutionPage): (string | undefined)[] {
  return page.data.map((record) => record.executionId)
}

it('narrow a list, every one of them', async () => {
  const mine = {
    codeAgentId: "o'brien",
    workflowExecutionId: 'wf "1"',
    workspaceId: 'w\\1',
    userId: '<b>u</b>',
    nodeId: 'n;1',
    runtime: 'vm2',
    language: 'javascript',
    outcome: 'failure',
    errorType: 'exception',
    errorFingerprint: 'abcdabcdabcdabcd',
    isolation: 'process',
    model: 'a model',
    codeSha256: 'b'.repeat(64),
    executionId: uuidv7(),
    toolCallId: 'call 1',
    conversationId: 'conversation 1',
    replayOf: uuidv7(),
    traceId: '1af7651916cd43dd8448eb211c80319c',
  } as const
  expect(Object.keys(mine).toSorted()).toEqual(PARAMETER_FIELDS.toSorted())
  await insert('filtered', 3)
  const [record] = await insert('filtered', 1, () => ({ ...mine, success: false }))
  for (const [name, value] of Object.entries(mine)) {
    const page = await list(new URLSearchParams({ organization: 'filtered', [name]: value }).toString())
    expect(ids(page), name).toEqual([record?.executionId])
  }
})

it('take several values, of which any will do', async () => {
  const outcomes = ['success', 'failure', 'timeout', 'limit'] as const
  const records = await insert('several', 4, (n) => ({
    outcome: outcomes[n] ?? 'success',
    userId: ['a,b', 'c', 'a', 'b'][n] ?? null,
  }))
  const [first, second, third] = records.map((record) => record.executionId)
  const found = async (query: string) => new Set(ids(await list(`organization=several&${query}`)))
  expect(await found('outcome=failure,timeout')).toEqual(new Set([second, third]))
  expect(await found('outcome=failure&outcome=success,timeout')).toEqual(new Set([first, second, third]))
  expect(await found('userId=a,b&userId=c')).toEqual(new Set([first, second]))
  expect(await found('outcome=failure,timeout&userId=c')).toEqual(new Set([second]))
})

it('with several values keep their place between pages', async () => {
  await insert('several-pages', 4, (n) => ({ outcome: n === 0 ? 'failure' : 'success' }))
  const first = await list('organization=several-pages&outcome=success,failure&limit=3')
  const rest = await list(
    `organization=several-pages&outcome=success,failure&limit=3&cursor=${first.nextCursor}`,
  )
  expect([first.data.length, rest.data.length, rest.nextCursor]).toEqual([3, 1, null])
})

it('refuse a word that is none, and more values than anyone needs', async () => {
  const many = Array.from({ length: 101 }, (_, n) => `userId=u${n}`).join('&')
  const problem = await readProblem(await service.ask(`/v1/executions?outcome=failure,nope&${many}`))
  expect(problem.errors).toEqual([
    { path: 'userId', message: 'at most 100 values' },
    expect.objectContaining({ message: expect.stringContaining('one of: success, failure') }),
  ])
})
