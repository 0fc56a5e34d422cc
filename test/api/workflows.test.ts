/** Runs of workflows and traces beside hand-written SQL over the same rows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { traceSchema, workflowPageSchema, workflowSchema } from '../../src/api/workflow-schema.ts'
import type { TraceView } from '../../src/service/traces.ts'
import type { WorkflowView } from '../../src/service/workflow-executions.ts'
import type { WorkflowSummary } from '../../src/store/queries/workflow-executions.ts'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { ACME_KEY, ADMIN_KEY, GLOBEX_KEY, readProblem, withKey } from '../support/service.ts'
import { BEGIN, ended, insertWorkflows, step, TRACE } from '../support/workflow-records.ts'

let stack: ApiStack
beforeAll(async () => {
  stack = await startApiStack({ signozUrl: 'https://signoz.example' })
  await insertWorkflows(stack.clickhouse)
  await insertSpans()
})
afterAll(() => stack.stop())

interface Page {
  data: WorkflowSummary[]
  nextCursor: string | null
}

const [fetchStep, firstParse] = ended
const HOST = 'cd'.repeat(8)

/** The host program's span, which is the parent of one execution's, and spans that are each other's parents. */
async function insertSpans(): Promise<void> {
  const at = (ms: number): string => new Date(BEGIN + ms).toISOString().replace('T', ' ').replace('Z', '')
  const spans = [
    [at(-5), TRACE, HOST, '', 'invoke_agent', '{}'],
    [at(0), TRACE, fetchStep?.spanId, HOST, 'execute_code subprocess', ownedBy(fetchStep?.executionId)],
    [at(100), TRACE, firstParse?.spanId, HOST, 'execute_code subprocess', ownedBy(firstParse?.executionId)],
    [at(20), TRACE, '1'.repeat(16), fetchStep?.spanId, 'inside', '{}'],
    [at(500), TRACE, '2'.repeat(16), '3'.repeat(16), 'circle', '{}'],
    [at(501), TRACE, '3'.repeat(16), '2'.repeat(16), 'circle', '{}'],
  ]
  for (const _delivery of [1, 2])
    for (const [time, trace, span, parent, name, attributes] of spans)
      await stack.clickhouse.store.command(
        `INSERT INTO otel_traces (Timestamp, TraceId, SpanId, ParentSpanId, SpanName, SpanKind, Duration, SpanAttributes)
         SELECT {time:DateTime64(9)}, {trace:String}, {span:String}, {parent:String}, {name:String}, 'Internal', 1500000, ${attributes === '{}' ? 'map()' : attributes}`,
        { time, trace, span, parent, name },
      )
}

function ownedBy(executionId = ''): string {
  return `map('code_exec.organization.id', 'acme', 'code_exec.execution.id', '${executionId}')`
}

function runs(query: string, key = ACME_KEY): Promise<Page> {
  return stack.service.json<Page>(`/v1/workflow-executions?${query}`, 200, withKey(key))
}

describe('a list of runs', () => {
  it('has the totals of the rows, each once, and what has not ended', async () => {
    const found = await runs('')
    expect(workflowPageSchema.parse(found)).toEqual(found)
    expect(found.data.map(({ workflowExecutionId, state }) => [workflowExecutionId, state])).toEqual([
      ['wf-lost', 'incomplete'],
      ['wf-open', 'running'],
      ['wf-bad', 'failed'],
      ['wf-good', 'succeeded'],
    ])
    const byHand = await stack.clickhouse.store.query<Record<string, number | string | null>>(
      `SELECT run, toUInt32(count()) AS n, toUInt32(countIf(outcome != 'success')) AS failures, toUInt32(countIf(attempt > 1)) AS retries,
         toUInt32(max(attempt)) AS attempts, sum(duration_ms) AS ran, toUInt32(uniqExact(node_id)) AS nodes,
         sum(cost_run_nano_usd)::Nullable(Float64) AS cost, sum(cost_allocated_nano_usd)::Nullable(Float64) AS allocated,
         sum(tokens_used)::Nullable(Float64) AS tokens, (max(toFloat64(timestamp)) - min(toFloat64(started_at))) * 1000 AS elapsed
       FROM (SELECT *, workflow_execution_id AS run FROM code_exec_logs WHERE organization_id = 'acme' AND workflow_execution_id IS NOT NULL
             ORDER BY record_version DESC LIMIT 1 BY execution_id)
       GROUP BY run ORDER BY min(started_at) DESC`,
    )
    expect(byHand).toHaveLength(4)
    for (const [index, row] of byHand.entries()) {
      const summary = found.data[index]
      const open = summary?.workflowExecutionId === 'wf-open' || summary?.workflowExecutionId === 'wf-lost'
      expect(summary).toMatchObject({
        workflowExecutionId: row['run'],
        organizationId: 'acme',
        executionCount: row['n'],
        failureCount: row['failures'],
        retryCount: row['retries'],
        attemptMax: row['attempts'],
        durationMs: row['ran'],
        nodeCount: Number(row['nodes']) + (open ? 1 : 0),
        costRunNanoUsd: row['cost'],
        costAllocatedNanoUsd: row['allocated'],
        tokensUsed: row['tokens'],
        runningCount: row['run'] === 'wf-open' ? 1 : 0,
        missingCount: row['run'] === 'wf-lost' ? 1 : 0,
        failedNodeCount: row['run'] === 'wf-bad' ? 1 : 0,
      })
      expect(summary?.elapsedMs).toBeCloseTo(Number(row['elapsed']), 0)
    }
  })

  it('goes on after a page while runs arrive, and shows no other organization', async () => {
    const first = await runs('limit=2')
    await insertRecords(stack.clickhouse, [step(30_000, 5, { workflowExecutionId: 'wf-new', nodeId: 'a' })])
    const second = await runs(`limit=2&cursor=${first.nextCursor}`)
    const seen = [...first.data, ...second.data].map(({ workflowExecutionId }) => workflowExecutionId)
    expect(seen).toEqual(['wf-lost', 'wf-open', 'wf-bad', 'wf-good'])
    expect(second.nextCursor).toBeNull()
    const theirs = await runs('', GLOBEX_KEY)
    expect(theirs.data).toMatchObject([{ workflowExecutionId: 'wf-good', executionCount: 1, nodeCount: 1 }])
    const everyone = await runs('where=workflowExecutionId=wf-good', ADMIN_KEY)
    expect(everyone.data.map(({ organizationId }) => organizationId)).toEqual(['globex', 'acme'])
    const problem = await readProblem(
      await stack.service.ask(
        `/v1/workflow-executions?state=failed&cursor=${first.nextCursor}`,
        withKey(ACME_KEY),
      ),
    )
    expect(problem.errors).toMatchObject([{ path: 'cursor' }])
  })

  it('is narrowed by state, and by any execution of a run with the totals of all', async () => {
    expect((await runs('state=failed,running')).data.map((summary) => summary.workflowExecutionId)).toEqual([
      'wf-open',
      'wf-bad',
    ])
    const retried = await runs('where=attempt>1&where=outcome=success')
    expect(retried.data).toMatchObject([{ workflowExecutionId: 'wf-good', executionCount: 3 }])
    expect((await runs('from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z')).data).toEqual([])
  })
})

function oneRun(id: string, key = ACME_KEY): Promise<WorkflowView> {
  return stack.service.json<WorkflowView>(`/v1/workflow-executions/${id}`, 200, withKey(key))
}

describe('one run', () => {
  it('has its nodes with their attempts, on one time axis, and its totals', async () => {
    const found = await oneRun('wf-good')
    expect(workflowSchema.parse(found)).toEqual(found)
    const listed = (await runs('where=workflowExecutionId=wf-good')).data[0]
    expect(found).toMatchObject({ ...listed })
    expect(found.nodes).toMatchObject([
      {
        nodeId: 'fetch',
        state: 'succeeded',
        offsetMs: 0,
        elapsedMs: 100,
        attempts: [{ outcome: 'success' }],
      },
      {
        nodeId: 'parse',
        state: 'succeeded',
        offsetMs: 100,
        elapsedMs: 120,
        attempts: [
          { attempt: 1, outcome: 'failure', offsetMs: 100, durationMs: 50 },
          { attempt: 2, outcome: 'success', offsetMs: 160, durationMs: 60 },
        ],
      },
    ])
    expect(found.traces).toEqual([{ traceId: TRACE, url: `https://signoz.example/trace/${TRACE}` }])
    expect(found.truncated).toEqual({ executions: false, spans: false, traces: false })
  })

  it('shows a bound key the spans of its executions, and an administrator the programs around them', async () => {
    const own = (await oneRun('wf-good')).spans
    expect(own.map(({ executionId, depth }) => [executionId, depth])).toEqual(
      ended.slice(0, 3).map(({ executionId }) => [executionId, 0]),
    )
    const all = await stack.service.json<WorkflowView>('/v1/workflow-executions/wf-good?organization=acme')
    expect(all.spans.map(({ name }) => name)).not.toContain('invoke_agent')
    const whole = await stack.service.json<WorkflowView>('/v1/workflow-executions/wf-bad')
    expect(whole.spans.find(({ name }) => name === 'invoke_agent')).toMatchObject({
      depth: 0,
      childCount: 2,
      offsetMs: -5005,
    })
  })

  it('tells what runs still and what is missing', async () => {
    expect((await oneRun('wf-open')).nodes).toMatchObject([
      { nodeId: 'a', state: 'succeeded' },
      { nodeId: 'b', state: 'running', elapsedMs: null, attempts: [{ phase: 'running', outcome: null }] },
    ])
    expect((await oneRun('wf-lost')).nodes[1]).toMatchObject({ state: 'incomplete' })
    expect((await oneRun('wf-bad')).nodes).toMatchObject([{ state: 'failed' }, { nodeId: null }])
  })

  it('is refused where there is none, or where two organizations have one of this id', async () => {
    const ask = async (path: string, key: string) =>
      readProblem(await stack.service.ask(`/v1/workflow-executions/${path}`, withKey(key)))
    expect((await ask('wf-bad', GLOBEX_KEY)).code).toBe('not_found')
    expect((await ask('wf-good', ADMIN_KEY)).errors).toMatchObject([{ path: 'organization' }])
    expect(await oneRun('wf-good?organization=globex', ADMIN_KEY)).toMatchObject({ executionCount: 1 })
  })
})

describe('a trace', () => {
  const trace = (id: string, key: string): Promise<TraceView> =>
    stack.service.json<TraceView>(`/v1/traces/${id}`, 200, withKey(key))

  it('is a tree of its spans and executions, each once, circles included', async () => {
    const found = await trace(TRACE.toUpperCase(), ADMIN_KEY)
    expect(traceSchema.parse(found)).toEqual(found)
    const [count] = await stack.clickhouse.store.query<{ n: string }>(
      `SELECT uniqExact(SpanId) AS n FROM (SELECT SpanId FROM otel_traces WHERE TraceId = '${TRACE}'
       UNION ALL SELECT span_id FROM code_exec_logs WHERE trace_id = '${TRACE}'
       UNION ALL SELECT span_id FROM code_exec_events WHERE trace_id = '${TRACE}')`,
    )
    expect(found.spans).toHaveLength(Number(count?.n))
    expect(found.spans.slice(0, 4).map(({ name, depth }) => [name, depth])).toEqual([
      ['invoke_agent', 0],
      ['execute_code subprocess', 1],
      ['inside', 2],
      ['execute_code subprocess', 1],
    ])
    expect(found.spans.filter(({ name }) => name === 'circle').map(({ depth }) => depth)).toEqual([0, 1])
    expect(found.spans[0]).toMatchObject({ parentSpanId: null, durationMs: 1.5, childCount: 2 })
    expect(found.url).toBe(`https://signoz.example/trace/${TRACE}`)
  })

  it('shows a bound key nothing that is not its own', async () => {
    const own = await trace(TRACE, ACME_KEY)
    expect(new Set(own.spans.map(({ name }) => name))).toEqual(new Set(['execute_code subprocess']))
    expect(own.executions.map(({ organizationId }) => organizationId)).not.toContain('globex')
    expect((await trace(TRACE, GLOBEX_KEY)).spans).toHaveLength(1)
  })

  it('is refused where there is none, or where the id is none', async () => {
    const ask = async (id: string) =>
      readProblem(await stack.service.ask(`/v1/traces/${id}`, withKey(ACME_KEY)))
    expect((await ask('e'.repeat(32))).code).toBe('not_found')
    expect((await ask('x')).errors).toMatchObject([{ path: 'id' }])
  })

  it('stays bounded', async () => {
    const traceId = 'ef'.repeat(16)
    const many = Array.from({ length: 1005 }, (_, n) =>
      makeRecord({ traceId, spanId: n.toString(16).padStart(16, '0'), workflowExecutionId: 'wf-long' }),
    )
    await insertRecords(stack.clickhouse, many)
    const found = await trace(traceId, ACME_KEY)
    expect([found.truncated, found.executions.length]).toEqual([true, 1000])
    expect(await oneRun('wf-long')).toMatchObject({ executionCount: 1005, truncated: { executions: true } })
  })
})
