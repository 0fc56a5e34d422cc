/** Executions that are run again over HTTP, over a real store and real runtimes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createExecutor, type Executor } from '../../src/executor/executor.ts'
import type { ExecutionRecord, ExecutionRequest } from '../../src/execution.ts'
import type { RunView } from '../../src/service/run-code.ts'
import { startClickHouse, type RunningClickHouse } from '../support/clickhouse.ts'
import { offlineConfig } from '../support/configuration.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'
import { insertRecords } from '../support/records.ts'
import { recordingTrail, type RecordingTrail } from '../support/recording-trail.ts'
import {
  ACME_KEY,
  GLOBEX_KEY,
  readProblem,
  startService,
  withKey,
  type Problem,
  type TestService,
} from '../support/service.ts'
import { waitFor } from '../support/wait.ts'

let home: TemporaryDirectory
let clickhouse: RunningClickHouse
let trail: RecordingTrail
let executor: Executor
let service: TestService

beforeAll(async () => {
  home = await temporaryDirectory()
  clickhouse = await startClickHouse()
  trail = recordingTrail()
  executor = await createExecutor({ config: offlineConfig(home.path), trail })
  service = await startService({ store: clickhouse.store, executor })
})
afterAll(async () => {
  await service.close()
  await executor.close(0)
  await clickhouse.stop()
  await home[Symbol.asyncDispose]()
})

type Change = (record: ExecutionRecord) => Partial<ExecutionRecord>

/** Runs code, and stores its record as the trail would have it. */
async function ran(request: Partial<ExecutionRequest>, change: Change = () => ({})): Promise<string> {
  const whole = { runtime: 'subprocess', language: 'javascript', context: { organizationId: 'acme' } }
  const answer = await service.post('/v1/executions', { ...whole, ...request })
  expect(answer.status, await answer.clone().text()).toBe(200)
  const record = trail.completed.at(-1)
  if (record === undefined) throw new Error('the run left no record')
  await insertRecords(clickhouse, [{ ...record, ...change(record) }])
  return record.executionId
}

function ask(id: string, changes?: object, key?: string): Promise<Response> {
  const headers = { ...withKey(key ?? ACME_KEY).headers }
  const body = changes === undefined ? {} : { body: JSON.stringify(changes) }
  const type = changes === undefined ? {} : { 'Content-Type': 'application/json' }
  return service.ask(`/v1/executions/${id}/replay`, {
    method: 'POST',
    headers: { ...headers, ...type },
    ...body,
  })
}

async function replayed(id: string, changes?: object): Promise<RunView> {
  const answer = await ask(id, changes)
  expect(answer.status, await answer.clone().text()).toBe(200)
  return (await answer.json()) as RunView
}

async function refused(id: string, changes?: object): Promise<Problem> {
  return readProblem(await ask(id, changes))
}

const EXACT = '{"id":725653563933458437,"xs":[1,2]}'
const READS_ALL = `const fs = require('fs')
module.exports = (input) => ({ sum: input.xs.reduce((a, b) => a + b, 0), file: fs.readFileSync('data/a.txt', 'utf8') })`

describe('a replay', () => {
  it('runs the same code with the same input, files and limits, and names its execution', async () => {
    const id = await ran({
      code: READS_ALL,
      input: { xs: [1, 2] },
      files: [{ path: 'data/a.txt', content: 'naïve' }],
      limits: { timeoutMs: 7000, memoryMb: 200, pids: 33 },
      context: {
        organizationId: 'acme',
        workspaceId: 'w1',
        userId: 'u1',
        codeAgentId: 'summer',
        codeAgentVersion: '3',
        workflowExecutionId: 'wf-1',
        nodeId: 'n-1',
      },
    })
    const view = await replayed(id)
    expect(view).toMatchObject({
      replayOf: id,
      outcome: 'success',
      result: { sum: 3, file: 'naïve' },
      limitTimeoutMs: 7000,
      limitMemoryBytes: 200 * 1_048_576,
      request: { limits: { pids: 33 }, files: [{ path: 'data/a.txt' }] },
      organizationId: 'acme',
      workspaceId: 'w1',
      userId: 'u1',
      codeAgentId: 'summer',
      codeAgentVersion: '3',
      workflowExecutionId: null,
      nodeId: null,
    })
    expect(view.executionId).not.toBe(id)
    expect(trail.completed.at(-1)).toMatchObject({ executionId: view.executionId, replayOf: id })
  })

  it('can itself be replayed, and is found by what it repeats', async () => {
    const id = await ran({ code: 'module.exports = () => 1' })
    const first = await replayed(id)
    const record = trail.completed.at(-1)
    if (record === undefined) throw new Error('the replay left no record')
    await insertRecords(clickhouse, [record])
    expect(await replayed(first.executionId)).toMatchObject({ replayOf: first.executionId, result: 1 })
    const found = await service.json<{ data: { executionId: string }[] }>(`/v1/executions?replayOf=${id}`)
    expect(found.data.map(({ executionId }) => executionId)).toEqual([first.executionId])
  })

  it('takes another runtime, input and limits', async () => {
    const id = await ran({ code: 'module.exports = (input) => input.n * 2', input: { n: 21 } })
    expect(await replayed(id, { runtime: 'vm2', limits: { timeoutMs: 5000 } })).toMatchObject({
      runtime: 'vm2',
      result: 42,
      limitTimeoutMs: 5000,
    })
    expect(await replayed(id, { input: { n: 1 } })).toMatchObject({ input: { n: 1 }, result: 2 })
  })

  it('gives Python every digit of the input', async () => {
    const id = await ran(
      { language: 'python', code: 'def main(input):\n    return str(input["id"])' },
      () => ({
        input: EXACT,
      }),
    )
    expect(await replayed(id)).toMatchObject({ result: '725653563933458437' })
  })

  it('keeps rules and schemas', async () => {
    const id = await ran({
      code: 'module.exports = () => 1',
      outputSchema: { type: 'string' },
      policy: { denyModules: ['fs'] },
    })
    expect(await replayed(id)).toMatchObject({ errorType: 'validation_output' })
  })

  it('needs the values of variables again', async () => {
    const id = await ran({ code: 'module.exports = () => process.env.TOKEN', env: { TOKEN: 'first-secret' } })
    expect(trail.completed.at(-1)?.request).toBe('{"env":["TOKEN"]}')
    const problem = await refused(id)
    expect(problem.errors).toEqual([{ path: 'env.TOKEN', message: 'give its value, which no record keeps' }])
    expect(await replayed(id, { env: { TOKEN: 'other' } })).toMatchObject({ result: 'other' })
  })
})

describe('a replay that does not wait', () => {
  it('is answered at once, and has its result later', async () => {
    const id = await ran({ language: 'bash', code: 'echo begun; sleep 0.5; echo done' })
    const answer = await service.ask(`/v1/executions/${id}/replay`, {
      method: 'POST',
      headers: { ...withKey(ACME_KEY).headers, Prefer: 'respond-async' },
    })
    expect([answer.status, answer.headers.get('Preference-Applied')]).toEqual([202, 'respond-async'])
    const location = answer.headers.get('Location') ?? ''
    const ended = async (): Promise<RunView | null> => {
      const found = await service.ask(location, withKey(ACME_KEY))
      return found.status === 200 ? ((await found.json()) as RunView) : null
    }
    const view = await waitFor(ended, { what: 'the end of the replay' })
    expect(view).toMatchObject({ replayOf: id, outcome: 'success', stdout: 'begun\ndone\n' })
  })
})

describe('a replay is refused', () => {
  const long = 'x'.repeat(70_000)
  it.each([
    ['code truncated', { code: `module.exports = () => 1 // ${long}` }],
    ['code masked', { code: `const key = 'AKIAIOSFODNN7EXAMPLE'; module.exports = () => key.length` }],
    ['input truncated', { code: 'module.exports = () => 1', input: { long } }],
    ['input masked', { code: 'module.exports = () => 1', input: { key: 'AKIAIOSFODNN7EXAMPLE' } }],
    [
      'request masked',
      { code: '1', files: [{ path: 'k', content: 'ghp_0123456789abcdefghijklmnopqrstuvwxyz' }] },
    ],
    ['files left out', { code: '1', files: [{ path: 'k', content: long }] }],
  ])('with the reason: %s', async (reason, request) => {
    const id = await ran(request)
    const problem = await refused(id)
    expect([problem.status, problem.code]).toEqual([409, 'not_replayable'])
    expect(problem.detail).toBe(`execution ${id} cannot be replayed: ${reason}`)
  })

  it('where content is switched off, unless the request gives what is missing', async () => {
    const id = await ran({ code: 'module.exports = (input) => input', input: 1 }, () => ({
      input: null,
      requestLoss: 'input not kept',
    }))
    expect((await refused(id)).detail).toMatch(/input not kept/)
    expect(await replayed(id, { input: 5 })).toMatchObject({ result: 5 })
    const without = await ran({ code: '1' }, () => ({ code: null, requestLoss: 'code not kept' }))
    expect((await refused(without, { input: 5 })).detail).toMatch(/code not kept/)
  })

  it('for a record from before records kept what a replay needs', async () => {
    const id = await ran({ code: '1' }, () => ({ requestLoss: null }))
    expect((await refused(id)).detail).toMatch(/from before/)
  })

  it.each([
    ['request', '{"files": ['],
    ['request', '{"idempotencyKey": "theirs"}'],
    ['input', 'no JSON'],
  ])('for a %s that is none: %s', async (field, text) => {
    const id = await ran({ code: '1' }, () => ({ [field]: text }))
    expect((await refused(id)).detail).toContain(`its \`${field}\` is no`)
  })

  it('for an execution of another organization as for one that is not there', async () => {
    const id = await ran({ code: '1' })
    for (const answer of [await ask(id, {}, GLOBEX_KEY), await ask('absent')])
      expect((await readProblem(answer)).code).toBe('not_found')
    expect((await refused(id, { context: { organizationId: 'globex' } })).code).toBe('invalid_request')
  })

  it('with everything that is wrong in its body, and no caller claims a replay', async () => {
    const id = await ran({ code: '1' })
    const problem = await refused(id, { code: '2', runtime: 'docker', limits: { timeoutMs: 0 } })
    expect(problem.errors?.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['runtime', 'limits.timeoutMs']),
    )
    expect(JSON.stringify(problem.errors)).toContain('code')
    const claimed = { runtime: 'subprocess', language: 'bash', code: 'true', replayOf: id }
    expect((await readProblem(await service.post('/v1/executions', claimed))).errors).toMatchObject([
      { path: 'replayOf' },
    ])
  })
})
