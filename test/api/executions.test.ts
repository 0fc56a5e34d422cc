import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ExecutionRecord } from '../../src/execution.ts'
import type { ExecutionPage } from '../../src/service/list-executions.ts'
import { startApiStack } from '../support/api-stack.ts'
import type { RunningClickHouse } from '../support/clickhouse.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { ACME_KEY, GLOBEX_KEY, readProblem, withKey, type TestService } from '../support/service.ts'

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

function list(query: string, key?: string): Promise<ExecutionPage> {
  return service.json<ExecutionPage>(
    `/v1/executions?${query}`,
    200,
    key === undefined ? undefined : withKey(key),
  )
}

function ids(page: ExecutionPage): (string | undefined)[] {
  return page.data.map((record) => record.executionId)
}

describe('one execution', () => {
  it('is complete, with input and result as values, to the nanosecond', async () => {
    const startedAt = new Date().toISOString().replace('Z', '123456Z')
    const change = {
      startedAt,
      timestamp: startedAt,
      input: '{"xs":[1]}',
      result: '{"sum":1}',
      costRunNanoUsd: 0,
    }
    const [record] = await insert('whole', 1, () => change)
    const expected = { ...record, input: { xs: [1] }, result: { sum: 1 } }
    expect(await service.json(`/v1/executions/${record?.executionId}`)).toEqual(expected)
  })

  it('shows a result that nests deeper than JSON is written as its text', async () => {
    const result = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
    const [record] = await insert('deep', 1, () => ({ result }))
    expect(await service.json(`/v1/executions/${record?.executionId}`)).toMatchObject({ result })
  })

  it('shows a result that was capped as the text that is left', async () => {
    const [record] = await insert('capped', 1, () => ({ result: '{"sum":1, "tex' }))
    expect(await service.json(`/v1/executions/${record?.executionId}`)).toMatchObject({
      result: '{"sum":1, "tex',
    })
  })

  it.each([
    'absent',
    "' OR 1=1 --",
    '" UNION ALL SELECT *',
    '%00',
    '%F0%9F%98%80',
    '<img src=x>',
    '{executionId:String}',
  ])('is a 404 where there is none: %s', async (id) => {
    const path = id.includes('%') ? id : encodeURIComponent(id)
    const problem = await readProblem(await service.ask(`/v1/executions/${path}`))
    expect([problem.status, problem.code]).toEqual([404, 'not_found'])
  })
})

describe('a list', () => {
  it('is newest first, in pages that together hold everything once', async () => {
    const records = await insert('paged', 25)
    const seen: (string | undefined)[] = []
    let query = 'organization=paged&limit=10&fields=executionId'
    for (let page = await list(query); ; page = await list(query)) {
      seen.push(...ids(page))
      if (page.nextCursor === null) break
      query = `organization=paged&limit=10&fields=executionId&cursor=${page.nextCursor}`
    }
    expect(seen).toEqual(records.map((record) => record.executionId).reverse())
  })

  it('keeps its place and its window while rows arrive', async () => {
    const records = await insert('growing', 6)
    const first = await list('organization=growing&limit=3')
    await insert('growing', 4, () => ({ startedAt: new Date().toISOString() }))
    const second = await list(`organization=growing&limit=3&cursor=${first.nextCursor}`)
    expect([...ids(first), ...ids(second)]).toEqual(records.map((record) => record.executionId).reverse())
    expect(second.window).toEqual(first.window)
    expect(second.nextCursor).toBeNull()
  })

  it('orders executions that began in the same nanosecond, and loses none between pages', async () => {
    const startedAt = new Date(Date.now() - 1000).toISOString()
    const records = await insert('simultaneous', 7, () => ({ startedAt }))
    const first = await list('organization=simultaneous&limit=4')
    const second = await list(`organization=simultaneous&limit=4&cursor=${first.nextCursor}`)
    const seen = [...ids(first), ...ids(second)]
    expect(seen).toHaveLength(7)
    expect(new Set(seen)).toEqual(new Set(records.map((record) => record.executionId)))
  })

  it('says which window it searched: the last 30 days unless asked', async () => {
    await insert('windowed', 1)
    await insert('windowed', 1, () => ({
      startedAt: '2026-01-05T00:00:00.5Z',
      timestamp: '2026-01-05T00:00:01Z',
    }))
    const usual = await list('organization=windowed')
    expect(usual.data).toHaveLength(1)
    expect(Date.parse(usual.window.to) - Date.parse(usual.window.from)).toBe(30 * 86_400_000)
    const asked = await list(
      'organization=windowed&from=2026-01-05T01:00:00%2B01:00&to=2026-01-05T00:00:00.500000001Z',
    )
    expect(asked.data).toMatchObject([{ startedAt: '2026-01-05T00:00:00.500000000Z' }])
    expect(asked.window.from).toBe('2026-01-05T00:00:00Z')
    expect(
      (await list('organization=windowed&from=2026-01-05T00:00:00Z&to=2026-01-05T00:00:00.5Z')).data,
    ).toEqual([])
  })

  it('takes a time without seconds, and any year for an open end', async () => {
    const [record] = await insert('open', 1)
    for (const query of ['from=2026-01-01T00:00Z', 'from=1900-01-01T00:00:00Z&to=9999-12-31T00:00:00Z'])
      expect(ids(await list(`organization=open&${query}`)), query).toEqual([record?.executionId])
    const problem = await readProblem(
      await service.ask('/v1/executions?from=2026-02-30T00:00:00Z&to=2026-11-28T02:00:00+02:00'),
    )
    expect(problem.errors).toEqual([
      { path: 'from', message: '2026-02-30 is not a day of the calendar' },
      { path: 'to', message: expect.stringContaining('%2B') },
    ])
  })

  it('shows the fields asked for and no others', async () => {
    await insert('narrow', 1, () => ({ code: 'x'.repeat(10_000) }))
    const { data } = await list('organization=narrow&fields=outcome,durationMs,result')
    expect(data).toEqual([{ outcome: 'success', durationMs: 12.5, result: null }])
  })

  it('ends a page early rather than sending more than 32 MiB', async () => {
    await insert('heavy', 5, () => ({ stdout: 'x'.repeat(10 * 1_048_576) }))
    const first = await list('organization=heavy')
    expect(first.data).toHaveLength(3)
    const second = await list(`organization=heavy&cursor=${first.nextCursor}`)
    expect(second.data).toHaveLength(2)
    expect(second.nextCursor).toBeNull()
  })

  it('takes ids and trace ids in either case of letters', async () => {
    const record = makeRecord({ organizationId: 'cased', replayOf: '01934f6e-7c1a-7e3b-9d52-6f0a1b2c3d4e' })
    await insertRecords(clickhouse, [record])
    const id = record.executionId.toUpperCase()
    expect(await service.json(`/v1/executions/${id}`)).toMatchObject({ executionId: record.executionId })
    for (const filter of [
      `executionId=${id}`,
      `where=executionId=${id}`,
      `where=replayOf^=01934F6E-7C1A`,
      'where=traceId=0AF7651916CD43DD8448EB211C80319C',
      'where=language=py',
    ])
      expect(ids(await list(`organization=cased&${filter}`)), filter).toEqual([record.executionId])
  })

  it('refuses a cursor that came with other filters', async () => {
    await insert('strict', 3)
    const { nextCursor } = await list('organization=strict&limit=1')
    const problem = await readProblem(
      await service.ask(`/v1/executions?organization=strict&runtime=vm2&cursor=${nextCursor}`),
    )
    expect(problem).toMatchObject({ status: 422, errors: [{ path: 'cursor' }] })
  })

  it('goes on in the window of the first page, whatever the begin of a later request', async () => {
    await insert('later', 3)
    const first = await list('organization=later&limit=1&from=2020-01-01T00:00:00Z')
    const second = await list(
      `organization=later&limit=5&from=2020-01-01T00:00:01Z&cursor=${first.nextCursor}`,
    )
    expect(second.data).toHaveLength(2)
    expect(second.window).toEqual(first.window)
  })
})

describe('agents and runs of workflows', () => {
  it('have their own lists', async () => {
    const [record] = await insert('owner', 1, () => ({
      codeAgentId: 'agent /1?',
      workflowExecutionId: 'wf#1',
    }))
    await insert('owner', 2)
    const agent = `/v1/agents/${encodeURIComponent('agent /1?')}/logs`
    const workflow = `/v1/workflow-executions/${encodeURIComponent('wf#1')}/logs`
    for (const path of [agent, workflow]) {
      expect(ids(await service.json<ExecutionPage>(path)), path).toEqual([record?.executionId])
    }
  })
})

describe('a bound key', () => {
  it('sees its own organization and no trace of another', async () => {
    const [mine] = await insert('acme', 1, () => ({
      codeAgentId: 'shared',
      workflowExecutionId: 'wf-shared',
    }))
    const [theirs] = await insert('globex', 1, () => ({
      codeAgentId: 'shared',
      workflowExecutionId: 'wf-shared',
    }))
    const paths = ['/v1/executions', '/v1/agents/shared/logs', '/v1/workflow-executions/wf-shared/logs']
    for (const path of paths) {
      const page = await service.json<ExecutionPage>(path, 200, withKey(ACME_KEY))
      expect(ids(page), path).toContain(mine?.executionId)
      expect(ids(page), path).not.toContain(theirs?.executionId)
    }
    await service.json(`/v1/executions/${theirs?.executionId}`, 404, withKey(ACME_KEY))
    await service.json(`/v1/executions/${theirs?.executionId}`, 200, withKey(GLOBEX_KEY))
    const stats = await service.json<{ count: number }>('/v1/agents/shared/stats', 200, withKey(ACME_KEY))
    expect(stats.count).toBe(1)
    expect((await service.json<{ count: number }>('/v1/agents/shared/stats')).count).toBe(2)
  })

  it("cannot go on with another organization's cursor", async () => {
    await insert('acme', 3)
    const { nextCursor } = await list('limit=1', ACME_KEY)
    const answer = await service.ask(`/v1/executions?limit=1&cursor=${nextCursor}`, withKey(GLOBEX_KEY))
    expect((await readProblem(answer)).errors).toMatchObject([{ path: 'cursor' }])
  })
})
