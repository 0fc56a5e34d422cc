import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAskedService, type AskedService } from '../support/asked-service.ts'
import { overHttp, overStdio, type McpSession } from '../support/mcp.ts'
import { HIDDEN_AS_SHOWN, workflowRecords, worsenedRecords } from '../support/worsened-records.ts'
import { ACME_KEY, ADMIN_KEY } from '../support/service.ts'

let asked: AskedService
const open: McpSession[] = []
beforeAll(async () => {
  asked = await startAskedService([...worsenedRecords, ...workflowRecords])
})
afterAll(async () => {
  for (const session of open) await session.close()
  await asked.stop()
})

async function start(connect: () => Promise<McpSession>): Promise<McpSession> {
  const session = await connect()
  open.push(session)
  return session
}

describe.each([
  ['HTTP, protocol of 2026', () => overHttp(asked.url, ADMIN_KEY, 'auto')],
  ['HTTP, protocol of 2025', () => overHttp(asked.url, ADMIN_KEY, 'legacy')],
  ['stdio, protocol of 2026', () => overStdio(asked.env, 'auto')],
  ['stdio, protocol of 2025', () => overStdio(asked.env, 'legacy')],
])('over %s', (_, connect) => {
  it('a model finds which agent got worse since yesterday, and why, in four calls', async () => {
    const { call } = await start(connect)
    const worse = await call('get_stats', { groupBy: ['codeAgentId'], since: '1d', order: 'worsened' })
    const agent = worse.groups[0].key.codeAgentId
    expect(agent).toBe('summer')
    expect(worse.groups[0]).toMatchObject({
      count: 60,
      successCount: 40,
      change: { successRate: { by: expect.closeTo(-1 / 3) } },
    })
    expect(worse.groups[1].change.successRate.by).toBe(0)

    const errors = await call('list_errors', { codeAgentId: agent, since: '1d' })
    expect(errors.errors).toMatchObject([
      { message: "KeyError: 'total'", count: 20, isNew: true, versions: { top: ['4'] } },
    ])

    const apart = await call('get_differences', {
      codeAgentId: agent,
      since: '1d',
      a: ['outcome!=success'],
      b: ['outcome=success'],
    })
    const field = apart.fields.find(({ field: name }: { field: string }) => name === 'codeAgentVersion')
    expect(field).toMatchObject({
      significant: true,
      difference: 1,
      values: [{ value: expect.any(String) }, {}],
    })

    const versions = await call('compare_versions', { codeAgentId: agent, a: '3', b: '4', since: '1d' })
    expect(versions).toMatchObject({
      a: { count: 40, successRate: 1 },
      b: { count: 20, successRate: 0 },
      successRateDifference: { estimate: -1, significant: true },
      newErrors: [{ countB: 20 }],
    })
  })
})

const TOOLS =
  'compare_versions get_agent_stats get_costs get_differences get_execution get_health_report get_sql_schema get_stats get_timeseries get_workflow_execution handle_alert list_alerts list_errors list_runtimes query_sql replay_execution run_agent run_code search_agents search_executions'
const SHOWING =
  /^(?:get_execution|list_alerts|list_errors|query_sql|run_agent|run_code|search_agents|search_executions)$/u
const CHANGING = new Set(['run_code', 'run_agent', 'replay_execution', 'handle_alert'])

describe('the tools', () => {
  let session: McpSession

  beforeAll(async () => {
    session = await start(() => overHttp(asked.url, ADMIN_KEY, 'auto'))
  })

  it('say what they do to a model that has read nothing else', () => {
    expect(session.instructions).toContain('get_stats')
    expect(
      session.tools
        .map(({ name }) => name)
        .toSorted()
        .join(' '),
    ).toBe(TOOLS)
    for (const { name, description = '', inputSchema, outputSchema, annotations } of session.tools) {
      expect(description.length, name).toBeGreaterThan(80)
      expect(outputSchema?.type, name).toBe('object')
      expect(inputSchema['additionalProperties'], name).toBe(false)
      expect(annotations, name).toMatchObject({
        readOnlyHint: !CHANGING.has(name),
        destructiveHint: CHANGING.has(name),
      })
      if (SHOWING.test(name)) expect(description, name).toMatch(/untrusted/)
    }
    expect(JSON.stringify(session.tools).length).toBeLessThan(80_000)
  })

  it('page through executions with a cursor', async () => {
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page: { executions: { executionId: string }[]; nextCursor: string | null } = await session.call(
        'search_executions',
        { codeAgentId: 'summer', since: '3d', limit: 50, ...(cursor === null ? {} : { cursor }) },
      )
      seen.push(...page.executions.map(({ executionId }) => executionId))
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(new Set(seen).size).toBe(120)
    expect(seen).toHaveLength(120)
  })

  it('show one execution with hidden characters visible, say what is cut, and read on from there', async () => {
    const asking = { outcome: ['failure'], since: '3d', limit: 1 }
    const { executions } = await session.call('search_executions', asking)
    const [{ executionId }] = executions
    const { execution, cut, link } = await session.call('get_execution', { executionId })
    expect(link).toBe(`${asked.url}/v1/executions/${executionId}`)
    expect(execution.stdout.startsWith(HIDDEN_AS_SHOWN)).toBe(true)
    expect(execution.result).toEqual({ n: expect.anything() })
    const [{ field, to, length, more }] = cut
    expect(cut).toHaveLength(1)
    expect({ field, more }).toEqual({ field: 'stdout', more: expect.stringContaining(`offset ${to}`) })
    const rest = await session.call('get_execution', {
      executionId,
      fields: ['stdout'],
      offset: to,
      maxCharacters: 50_000,
    })
    expect(rest.execution.stdout).toBe('x'.repeat(length - to))
  })

  it('keep every digit of a result', async () => {
    const { executions } = await session.call('search_executions', {
      since: '3d',
      limit: 1,
      fields: ['executionId'],
    })
    const { text } = await session.attempt('get_execution', { executionId: executions[0].executionId })
    expect(text).toContain('"result":{"n":9007199254740993}')
  })

  it('answer with figures of an agent and over time', async () => {
    const stats = await session.call('get_agent_stats', {
      codeAgentId: 'summer',
      since: '1d',
      comparePrevious: true,
    })
    expect(stats).toMatchObject({
      count: 60,
      byOutcome: { failure: 20 },
      previous: { count: 60, successRate: 1 },
    })
    const series = await session.call('get_timeseries', {
      codeAgentId: 'summer',
      since: '2d',
      bucketSeconds: 3600,
    })
    expect(series.buckets.length).toBeGreaterThan(47)
    const counts = series.buckets.map(({ count }: { count: number }) => count)
    expect(counts.reduce((sum: number, count: number) => sum + count, 0)).toBe(120)
    const cut = await session.call('get_timeseries', { since: '2d', bucketSeconds: 600 })
    expect(cut.buckets).toHaveLength(100)
    expect(cut.note).toContain('100 of 289')
  })

  it('give a verdict in words', async () => {
    const report = await session.call('get_health_report')
    expect(report).toMatchObject({
      verdict: expect.stringMatching(/degraded|watch|broken/),
      worseAgents: [{ agentId: 'summer' }],
    })
    expect(report.newErrors).toMatchObject([{ message: "KeyError: 'total'", count: 20 }])
  })

  it('describe the tables', async () => {
    const { tables } = await session.call('get_sql_schema', { table: 'code_exec_logs' })
    const { question, query } = tables[0].examples[0]
    expect(question).not.toBe('')
    expect((await session.call('query_sql', { query, organization: 'acme' })).columns).not.toEqual([])
  })

  it('query in SQL and say how many rows are not shown', async () => {
    // Every row is small: an answer is cut by its size as well.
    const query = 'SELECT execution_id, length(stdout) FROM code_exec_logs FINAL'
    const { rows, rowCount, note } = await session.call('query_sql', { query, maxRows: 5 })
    expect(rows).toHaveLength(5)
    expect(rowCount).toBe(243)
    expect(note).toContain('5 of 243')
  })

  it('run code, whose failure is an answer', async () => {
    const code =
      'def main(n):\n    open("/out/a.txt", "w").write("hi")\n    print("\\u200bhello")\n    return n + 1'
    const good = await session.call('run_code', {
      language: 'py',
      code,
      input: 41,
      codeAgentId: 'a-model',
    })
    expect(good).toMatchObject({
      outcome: 'success',
      link: `${asked.url}/v1/executions/${good.executionId}`,
      execution: { result: 42, stdout: '<U+200B>hello\n' },
      files: [{ path: 'a.txt', content: 'hi', characters: 2 }],
      cut: [],
    })
    const bad = await session.call('run_code', { language: 'bash', code: 'echo no >&2; exit 3' })
    expect(bad).toMatchObject({ outcome: 'failure', execution: { exitCode: 3, stderr: 'no\n' } })
    const { executions } = await session.call('search_executions', { since: '3d', limit: 1 })
    const again = await session.call('replay_execution', { executionId: executions[0].executionId })
    expect(again).toMatchObject({ outcome: 'success', execution: { replayOf: executions[0].executionId } })
  })

  it('show a run of a workflow node by node', async () => {
    const run = await session.call('get_workflow_execution', { workflowExecutionId: 'wf-1', since: '3d' })
    expect(run).toMatchObject({ executionCount: 3, failureCount: 1, retryCount: 1 })
    const outcomes = run.nodes.map(
      ({ nodeId, attempts }: { nodeId: string; attempts: { outcome: string }[] }) =>
        [nodeId, ...attempts.map(({ outcome }) => outcome)].join(' '),
    )
    expect(outcomes).toEqual(['first failure success', 'second success'])
  })

  it.each([
    ['get_execution', { executionId: 'nothing' }, /Not found: .*Fix: /],
    ['query_sql', { query: 'SELECT nonsense' }, /nonsense/],
  ])('%s with %j is an error that says what to do', async (name, args, message) => {
    const { isError, text } = await session.attempt(name, args)
    expect(isError).toBe(true)
    expect(text).toMatch(message)
  })
})

it('see what the key may see', async () => {
  const acme = await start(() => overHttp(asked.url, ACME_KEY, 'auto'))
  expect((await acme.call('get_stats', { since: '3d' })).total.count).toBe(240)
  const hidden = await acme.attempt('get_workflow_execution', { workflowExecutionId: 'wf-1', since: '3d' })
  expect(hidden).toMatchObject({ isError: true, text: expect.stringContaining('Not found') })
  const refused = await acme.attempt('get_stats', { organization: 'globex' })
  expect(refused).toMatchObject({
    isError: true,
    text: expect.stringContaining('bound to another organization'),
  })
})
