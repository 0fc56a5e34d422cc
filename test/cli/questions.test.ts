import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ExecutionRecord } from '../../src/execution.ts'
import { startAskedService, type AskedService } from '../support/asked-service.ts'
import { exectrail } from '../support/command-line.ts'
import { makeRecord } from '../support/records.ts'

let asked: AskedService

/** Begins two minutes ago, one a second, the newest last. */
const records: ExecutionRecord[] = Array.from({ length: 12 }, (_, n) =>
  makeRecord({
    codeAgentId: 'asked',
    startedAt: new Date(Date.now() - 120_000 + n * 1000).toISOString(),
    workflowExecutionId: n < 3 ? 'wf-asked' : null,
    stdout: 'printed \u001b[31mred\u001b[0m\u0007\n',
    result: '{"sum":6}',
  }),
)
const failed = makeRecord({
  codeAgentId: 'hostile \u001b[2J',
  outcome: 'failure',
  success: false,
  errorType: 'exception',
  errorMessage: 'Error: \u001b]0;owned\u0007\nsecond line \u202e',
  errorFingerprint: '0123456789abcdef',
  exitCode: 1,
})

beforeAll(async () => {
  asked = await startAskedService([...records, failed])
})
afterAll(() => asked.stop())

const ask: AskedService['ask'] = (...args) => asked.ask(...args)
const askJson: AskedService['askJson'] = (...args) => asked.askJson(...args)

const newestFirst = records.map((record) => record.executionId).reverse()

describe('logs', () => {
  it.each(['.', '..', 'a/b', 'q?x=1&y=2', "o'brien", '50%'])(
    'finds the executions of agent %s',
    async (agent) => {
      const record = makeRecord({ codeAgentId: agent, outcome: 'cancelled' })
      await asked.insert([record])
      expect(await askJson('logs', agent)).toMatchObject({ data: [{ executionId: record.executionId }] })
    },
  )

  it('lists an agent, newest first, on one line each', async () => {
    const { stdout } = await ask('logs', 'asked')
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(13)
    expect(lines.slice(1).map((line) => /[0-9a-f-]{36}/.exec(line)?.[0])).toEqual(newestFirst)
  })

  it('prints a page as one JSON value that leads on to the next', async () => {
    const options = ['--agent', 'asked', '--since', '1w', '--limit', '8']
    const first = await askJson('logs', ...options)
    const second = await askJson('logs', ...options, '--cursor', first.nextCursor)
    const seen = [...first.data, ...second.data].map((record) => record.executionId)
    expect(seen).toEqual(newestFirst)
    expect(first.data[0]).toMatchObject({ result: { sum: 6 }, outcome: 'success' })
    expect(second.nextCursor).toBeNull()
  })

  it('streams one record a line over every page', async () => {
    const { stdout } = await ask('logs', 'asked', '--ndjson', '--limit', '5000')
    const lines = stdout.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).executionId)).toEqual(newestFirst)
  })

  it('prints whole content of one execution as it is, or says why there is none', async () => {
    const id = records[0]?.executionId ?? ''
    const { stdout } = await ask('logs', id, '--full')
    expect(stdout).toBe('printed \u001b[31mred\u001b[0m\u0007\n')
    expect((await ask('logs', id, '--full', 'result')).stdout).toBe('{"sum":6}')
    const absent = await asked.run(['logs', id, '--full', 'input'])
    expect(absent.exitCode).toBe(2)
    expect(absent.stderr).toContain('there is no input')
  })

  it('shows one execution in full, by its id', async () => {
    const id = records[0]?.executionId ?? ''
    const { stdout } = await ask('logs', id)
    expect(stdout).toContain(id)
    expect(stdout).toContain('"sum": 6')
    expect(stdout).toContain('printed ␛[31mred␛[0m␇')
    expect(await askJson('logs', id)).toMatchObject({ executionId: id, stdout: records[0]?.stdout })
  })

  it('narrows by run of a workflow, outcomes and window', async () => {
    const both = await askJson('logs', '--outcome', 'failure,success', '--limit', '100')
    expect(both.data).toHaveLength(records.length + 1)
    expect((await askJson('logs', '--workflow-execution', 'wf-asked')).data).toHaveLength(3)
    expect((await askJson('logs', 'asked', '--workflow-execution', 'wf-asked')).data).toHaveLength(3)
    expect((await askJson('logs', '--outcome', 'failure')).data).toMatchObject([
      { executionId: failed.executionId },
    ])
    expect((await askJson('logs', 'asked', '--since', '1s')).data).toEqual([])
    expect((await askJson('logs', '--org', 'elsewhere')).data).toEqual([])
  })

  it('says what to do when there is nothing', async () => {
    const { stdout, stderr } = await ask('logs', 'nobody')
    expect(stdout).toBe('')
    expect(stderr).toMatch(/No executions match[\s\S]*exectrail run/)
  })

  it('never passes a control sequence of a record to the terminal', async () => {
    for (const args of [
      ['logs'],
      ['logs', failed.executionId],
      ['logs', '--json'],
      ['stats', failed.codeAgentId ?? ''],
    ]) {
      const { stdout, stderr } = await ask(...args)
      expect(stdout + stderr, args.join(' ')).not.toMatch(/(?!\n)\p{Cc}|\u202e/u)
    }
  })
})

describe('stats', () => {
  it('prints what an agent did, for a person and as one JSON value', async () => {
    const { stdout } = await ask('stats', 'asked')
    expect(stdout).toMatch(/by runtime\n[\s\S]*subprocess +12 +100 %/)
    expect(await askJson('stats', 'asked')).toMatchObject({ agentId: 'asked', count: 12, successRate: 1 })
    expect(await askJson('stats', '--agent', 'asked')).toMatchObject({ count: 12 })
  })

  it('groups by the words of the other options, too', async () => {
    const byFields = await askJson('stats', '--by', 'codeAgentId,workflowExecutionId')
    const byWords = await askJson('stats', '--by', 'agent, workflow')
    expect(byWords.groups).toEqual(byFields.groups)
    expect(byWords.groups.length).toBeGreaterThan(0)
  })

  it('says what to do when there is nothing', async () => {
    const { stdout, stderr } = await ask('stats', 'nobody')
    expect(stdout).toBe('')
    expect(stderr).toMatch(/No executions of nobody/)
  })
})

describe('sql', () => {
  const query =
    "SELECT runtime, count() AS runs FROM code_exec_logs WHERE code_agent_id = 'asked' GROUP BY runtime"

  it('prints rows as a table, as one JSON array, or a line each', async () => {
    expect((await ask('sql', query)).stdout).toBe('runtime     runs\nsubprocess  12\n')
    expect(await askJson('sql', query)).toEqual([{ runtime: 'subprocess', runs: 12 }])
    expect((await ask('sql', query, '--ndjson')).stdout).toBe('{"runtime":"subprocess","runs":12}\n')
  })

  it("exits 2 in ClickHouse's own words for a query it refuses", async () => {
    const { exitCode, stdout, stderr } = await asked.run(['sql', 'DROP TABLE code_exec_logs', '--json'])
    expect(exitCode).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^error: ClickHouse: /)
  })
})

it('says which key is wrong and what to do', async () => {
  const wrong = { ...asked.env, EXECTRAIL_API_KEY: 'another-key-0123456789' }
  const { exitCode, stderr } = await asked.run(['logs'], wrong)
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/^error: the API key is not known here\nfix: /)
})

it('migrates what is already up to date without doing anything', async () => {
  expect(await askJson('migrate')).toEqual({ applied: [] })
})

it('names the broken link and the remedy, and exits 1', async () => {
  const { exitCode, stdout } = await exectrail(['doctor', '--json'], asked.env)
  expect(exitCode).toBe(1)
  const { healthy, runtimes, findings } = JSON.parse(stdout)
  expect(runtimes).toContainEqual(
    expect.objectContaining({
      name: 'vm2',
      ready: true,
      enforces: expect.arrayContaining(['time', 'memory']),
    }),
  )
  expect(healthy).toBe(false)
  const states = Object.fromEntries(
    findings.map(({ link, state }: { link: string; state: string }) => [link, state]),
  )
  expect(states).toMatchObject({
    runtimes: 'ok',
    Collector: 'broken',
    ClickHouse: 'ok',
    table: 'ok',
    service: 'ok',
    record: 'blocked',
  })
  const collector = findings.find(({ link }: { link: string }) => link === 'Collector')
  expect(collector).toMatchObject({
    detail: expect.stringContaining('127.0.0.1:9'),
    fix: expect.stringContaining('exectrail up'),
  })
})

it('tells of each runtime what holds here, and how to get what is missing', async () => {
  const { stdout } = await exectrail(['doctor'], asked.env)
  expect(stdout).toMatch(
    /^subprocess +yes +node [^ ].* namespace +javascript typescript python bash +time cpu memory/mu,
  )
  expect(stdout).toMatch(/^e2b +no +– +– /mu)
  expect(stdout).toMatch(/^e2b is not ready: .*\n {2}fix: set E2B_API_KEY/mu)
})
