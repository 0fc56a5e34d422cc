/** Lists beside what the same rows give when they are filtered and sorted by hand. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ExecutionRecord } from '../../src/execution.ts'
import type { ExecutionPage } from '../../src/service/list-executions.ts'
import { records, startAskedStack, WINDOW } from '../support/asked-records.ts'
import { readProblem, type TestService } from '../support/service.ts'

let service: TestService
let stop: () => Promise<void>
beforeAll(async () => {
  ;({ service, stop } = await startAskedStack())
})
afterAll(() => stop())

function ask<Reply>(path: string, query: string): Promise<Reply> {
  return service.json<Reply>(`${path}?organization=asking&${WINDOW}&${query}`)
}

const where = (...terms: string[]): string =>
  terms.map((term) => `where=${encodeURIComponent(term)}`).join('&')

describe('a list', () => {
  it.each<[string, (row: ExecutionRecord) => boolean]>([
    ['', () => true],
    [where('durationMs>=1000'), (row) => row.durationMs >= 1000],
    [where('durationMs>500', 'durationMs<=900.5'), (row) => row.durationMs > 500 && row.durationMs <= 900.5],
    [where('outcome!=success'), (row) => row.outcome !== 'success'],
    [where('userId!=u1'), (row) => row.userId !== 'u1'],
    [where('userId!=u1', "userId!=o'brien"), (row) => row.userId !== 'u1' && row.userId !== "o'brien"],
    [where('userId:u1,u2'), (row) => ['u1', 'u2'].includes(row.userId ?? '')],
    [where("userId!:u1,o'brien,"), (row) => !['u1', "o'brien", null].includes(row.userId)],
    [where('exitCode:0,1', 'runtime:vm2,subprocess'), (row) => [0, 1].includes(row.exitCode ?? -1)],
    [where('userId='), (row) => row.userId === null],
    [where('userId!='), (row) => row.userId !== null],
    [where('codeAgentId='), (row) => row.codeAgentId === null],
    [where('userId^=u'), (row) => row.userId?.startsWith('u') === true],
    [where('userId!^=u'), (row) => row.userId?.startsWith('u') !== true],
    [where('errorMessage~TIMED'), (row) => row.errorMessage?.includes('Timed') === true],
    [where('errorMessage!~100%'), (row) => row.errorMessage?.includes('100%') !== true],
    [where('validationPassed=false'), (row) => row.validationPassed === false],
    [where('validationPassed!=true'), (row) => row.validationPassed !== true],
    [where('memoryPeakBytes='), (row) => row.memoryPeakBytes === null],
    [where('memoryPeakBytes!='), (row) => row.memoryPeakBytes !== null],
    ['q=hello', (row) => row.stdout.startsWith('HELLO')],
    ['q=na%C3%8FVE&outcome=failure', (row) => row.stdout === 'naïve' && row.outcome === 'failure'],
    [
      `userId=u1&userId=u2&${where('runtime!=vm2')}`,
      (row) => (row.userId ?? '').startsWith('u') && row.runtime !== 'vm2',
    ],
  ])('with %s has exactly what matches', async (query, matches) => {
    const page = await ask<ExecutionPage>('/v1/executions', `${query}&limit=1000&fields=executionId`)
    const expected = records.filter(matches).map((record) => record.executionId)
    expect(new Set(page.data.map((row) => row.executionId))).toEqual(new Set(expected))
    expect(page.data).toHaveLength(expected.length)
  })

  it.each<[string, (row: ExecutionRecord) => number]>([
    ['newest', (row) => Date.parse(row.startedAt)],
    ['duration', (row) => row.durationMs],
    ['memory', (row) => row.memoryPeakBytes ?? 0],
    ['cost', (row) => row.costRunNanoUsd ?? -1],
  ])('ordered by %s has everything once, the greatest first, page by page', async (order, rank) => {
    const seen: number[] = []
    const byId = new Map(records.map((record) => [record.executionId, record]))
    for (let cursor = ''; ;) {
      const page = await ask<ExecutionPage>(
        '/v1/executions',
        `order=${order}&limit=90&fields=executionId${cursor}`,
      )
      for (const { executionId = '' } of page.data) {
        const record = byId.get(executionId)
        byId.delete(executionId)
        seen.push(record === undefined ? Number.NaN : rank(record))
      }
      if (page.nextCursor === null) break
      cursor = `&cursor=${page.nextCursor}`
    }
    expect(seen).toEqual(records.map(rank).toSorted((a, b) => b - a))
  })

  it('says what is wrong with a condition, all at once', async () => {
    const query = where(
      'durationMs~1',
      'nope=1',
      'success=yes',
      'success:true,false',
      'durationMs>=x',
      'outcome=won',
      'duration',
    )
    const problem = await readProblem(await service.ask(`/v1/executions?${query}`))
    expect(problem.errors?.map(({ message }) => message)).toEqual([
      expect.stringMatching(/durationMs takes = != > >= < <= : !:, not ~/),
      expect.stringMatching(/nope is not a field to filter by; fields are: executionId/),
      expect.stringMatching(/success is true or false/),
      expect.stringMatching(/success takes = !=, not :/),
      expect.stringMatching(/durationMs is a number/),
      expect.stringMatching(/outcome is one of: success, failure/),
      expect.stringMatching(/write FIELD, then one of/),
    ])
  })
})
