import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { identify } from '../../src/process-identity.ts'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { bash, controlOf } from '../support/async-executions.ts'
import { insertRecords, insertStart, makeRecord } from '../support/records.ts'
import { ACME_KEY, GLOBEX_KEY, readProblem, withKey } from '../support/service.ts'

let stack: ApiStack

beforeAll(async () => {
  stack = await startApiStack()
})
afterAll(() => stack.stop())

const { begin, get, ended, inPhase, cancel } = controlOf(() => stack.service)

describe('what runs now', () => {
  interface RunningList {
    data: { executionId: string; phase: string | null; queuePosition: number | null; elapsedMs: number }[]
    counts: Record<string, number>
  }
  const running = (query: string, key = ACME_KEY): Promise<RunningList> =>
    stack.service.json<RunningList>(`/v1/running?${query}`, 200, withKey(key))
  const idsOf = ({ data }: RunningList): string[] => data.map(({ executionId }) => executionId)

  it('has the executions of this service with their phase, only for their tenant', async () => {
    const id = await begin({ ...bash('sleep 60'), context: { codeAgentId: 'now' } })
    await inPhase(id, 'running')
    const list = await running('codeAgentId=now')
    expect(list).toMatchObject({
      data: [
        { executionId: id, phase: 'running', queuePosition: null, codeAgentId: 'now', runtime: 'subprocess' },
      ],
      counts: { running: 1, queued: 0, elsewhere: 0 },
      truncated: false,
    })
    expect(list.data[0]?.elapsedMs).toBeGreaterThan(0)
    expect(idsOf(await running('codeAgentId=now', GLOBEX_KEY))).toEqual([])
    expect(idsOf(await running('codeAgentId=other'))).toEqual([])
    await cancel(id)
    await ended(id)
    expect(idsOf(await running('codeAgentId=now'))).toEqual([])
  })

  it('has those of other executors until they end, their time is over, or their executor is gone', async () => {
    const dead = spawn('true')
    const identity = identify(dead.pid ?? 0) ?? { bootId: 'gone', pidNamespace: '', pid: 1, startTime: '' }
    await once(dead, 'exit')
    const start = (part: Parameters<typeof insertStart>[1]): Promise<string> =>
      insertStart(stack.clickhouse, { codeAgentId: 'else', startedAt: new Date().toISOString(), ...part })
    const executorId = '0197f7a0-0000-7000-8000-00000000dead'
    const directory = join(stack.home, 'outbox', `${executorId}@0197f7a0-0000-7000-8000-0000000c1a1a`)
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, 'owner.json'), JSON.stringify({ identity, resource: '{}' }))
    const [alive, late] = [
      await start({}),
      await start({ startedAt: new Date(Date.now() - 600_000).toISOString() }),
    ]
    const long = await start({
      startedAt: new Date(Date.now() - 600_000).toISOString(),
      limitTimeoutMs: 3_600_000,
    })
    const [crashed, foreign, finished] = [
      await start({ executorId }),
      await start({ organizationId: 'globex' }),
      await start({}),
    ]
    await insertRecords(stack.clickhouse, [
      makeRecord({ executionId: finished, codeAgentId: 'else', startedAt: new Date().toISOString() }),
    ])
    const list = await running('codeAgentId=else')
    expect(idsOf(list)).toEqual([long, alive])
    expect(list.data[0]).toMatchObject({ phase: null, queuePosition: null })
    for (const id of [late, crashed, foreign, finished]) expect(idsOf(list)).not.toContain(id)
    expect(await get(alive)).toMatchObject({ status: 202, body: { executionId: alive, phase: null } })
    const problem = await readProblem(await cancel(alive))
    expect(problem).toMatchObject({ status: 409, detail: 'it runs in another executor, executor-1' })
    expect(await get(crashed)).toMatchObject({ status: 404 })
  })

  it('cannot be asked for what only an end tells', async () => {
    const answer = await stack.service.ask('/v1/running?outcome=success', withKey(ACME_KEY))
    const problem = await readProblem(answer)
    expect(problem).toMatchObject({ status: 422 })
    expect(problem.errors?.[0]?.message).toMatch(/^outcome is not known before the end/)
  })
})
