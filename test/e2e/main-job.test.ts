import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exectrail, readmeBlocks, runShell, startUp, type RunningUp } from '../support/command-line.ts'
import { waitFor } from '../support/wait.ts'

let home: string
let up: RunningUp

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'exectrail-e2e-'))
  up = await startUp(home)
})

afterAll(async () => {
  expect(await up.stop()).toBe(0)
  await rm(home, { recursive: true, force: true })
})

async function json(args: readonly string[]): Promise<unknown> {
  const { exitCode, stdout, stderr } = await exectrail([...args, '--json'], up.env)
  expect(exitCode, stderr).toBe(0)
  return JSON.parse(stdout)
}

async function get(path: string): Promise<unknown> {
  const answer = await fetch(`${up.endpoints.service}${path}`, {
    headers: { authorization: `Bearer ${up.apiKey}` },
  })
  expect(answer.status).toBe(200)
  return answer.json()
}

/** Runs a small summing program of agent `agent`; the printed record. */
function run(agent: string, extra: readonly string[] = []): Promise<Record<string, unknown>> {
  const code = 'def main(input):\n    print("adding")\n    return {"sum": sum(input["xs"])}'
  const who = [
    '--org',
    'acme',
    '--workspace',
    'w1',
    '--user',
    'u1',
    '--agent',
    agent,
    '--workflow-execution',
    `wf-${agent}`,
    '--node',
    'n-3',
  ]
  return json([
    'run',
    '-e',
    code,
    '--language',
    'python',
    '--input',
    '{"xs":[1,2,3]}',
    ...who,
    ...extra,
  ]) as Promise<Record<string, unknown>>
}

describe('the main job', () => {
  it('makes a run of the command line visible by logs, stats, sql and HTTP within seconds, with one trace id throughout', async () => {
    const record = await run('summer')
    const ended = performance.now()
    expect(record).toMatchObject({
      outcome: 'success',
      result: { sum: 6 },
      stdout: 'adding\n',
      codeAgentId: 'summer',
      exitCode: 0,
    })
    const { executionId, traceId } = record as { executionId: string; traceId: string }

    const stored = await waitFor(
      async () => {
        const { data } = (await get(`/v1/agents/summer/logs`)) as { data: Record<string, unknown>[] }
        return data.find((row) => row['executionId'] === executionId)
      },
      { what: 'the row' },
    )
    expect(performance.now() - ended).toBeLessThan(15_000)
    expect(stored).toMatchObject({
      organizationId: 'acme',
      workspaceId: 'w1',
      userId: 'u1',
      nodeId: 'n-3',
      workflowExecutionId: 'wf-summer',
      traceId,
    })

    const whole = await get(`/v1/executions/${executionId}`)
    const { files: _files, warnings: _warnings, ...printed } = record
    expect(whole).toEqual(printed)

    const spans = await waitFor(
      async () => {
        const rows = (await json([
          'sql',
          `SELECT SpanName, TraceId FROM otel_traces WHERE TraceId = '${traceId}'`,
        ])) as unknown[]
        return rows.length > 0 ? rows : null
      },
      { what: 'the span' },
    )
    expect(spans).toEqual([{ SpanName: 'execute_code subprocess', TraceId: traceId }])

    expect(await json(['logs', 'summer'])).toMatchObject({ data: [{ executionId }] })
    expect(await json(['stats', 'summer'])).toMatchObject({
      agentId: 'summer',
      count: 1,
      successCount: 1,
      successRate: 1,
    })
    expect(await get('/v1/workflow-executions/wf-summer/logs')).toMatchObject({ data: [{ executionId }] })
  })

  it('leaves exactly one row and one started event for each execution', async () => {
    const records = await Promise.all([run('counter'), run('counter'), run('counter')])
    const ids = records.map((record) => String(record['executionId'])).sort()
    const count = async (table: string): Promise<string[]> => {
      const sql = `SELECT execution_id AS id FROM ${table} WHERE code_agent_id = 'counter' ORDER BY id`
      return ((await json(['sql', sql])) as { id: string }[]).map((row) => row.id)
    }
    await waitFor(async () => (await count('code_exec_logs')).length >= 3, {
      what: 'three rows',
    })
    expect(await count('code_exec_logs')).toEqual(ids)
    expect(await count('code_exec_events')).toEqual(ids)
  })

  it('runs code over HTTP and answers with the record whatever the outcome', async () => {
    const answer = await fetch(`${up.endpoints.service}/v1/executions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${up.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        runtime: 'vm2',
        language: 'javascript',
        code: 'function main() { throw new TypeError("no") }',
      }),
    })
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({
      outcome: 'failure',
      errorType: 'exception',
      errorMessage: 'TypeError: no',
      runtime: 'vm2',
    })
  })
})

describe('the README', () => {
  it('shows commands that work as written', async () => {
    const commands = readmeBlocks('sh')
      .flatMap((block) => block.split('\n'))
      .filter((line) => line.startsWith('npx exectrail '))
    expect(commands.length).toBeGreaterThan(3)
    for (const command of commands) {
      const { exitCode, stdout, stderr } = await runShell(
        command.replace('npx exectrail', 'bin/exectrail'),
        up.env,
      )
      expect(exitCode, `${command}\n${stderr}`).toBe(0)
      expect(stdout + stderr, command).not.toBe('')
    }
  })
})
