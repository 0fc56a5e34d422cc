import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClient, paginate, type Client } from '../../src/client/index.ts'
import type { ExecutionRecord } from '../../src/execution.ts'
import { END, HOURS, iso, records as made } from '../support/asked-records.ts'
import { startAskedService, type AskedService } from '../support/asked-service.ts'
import { overHttp, type McpSession } from '../support/mcp.ts'
import { ADMIN_KEY } from '../support/service.ts'

/** HTTP, command line, client and MCP over the same rows, and SQL by hand over the table as it is. */
const FROM = iso(END - HOURS * 3_600_000)
const TO = iso(END)
const ALL = { organization: 'asking', from: FROM, to: TO }
const OPTIONS = ['--org', 'asking', '--from', FROM, '--to', TO]

const records = made.map((record, index): ExecutionRecord => {
  const { errorMessage } = record
  const errorFingerprint = errorMessage === null ? null : `${errorMessage.length}`.padStart(16, 'f')
  return Object.assign({}, record, { errorFingerprint, codeAgentVersion: index % 3 === 0 ? '2' : '1' })
})
/** What an adopter wrote for executions whose true end came later. */
const lost = {
  outcome: 'error',
  success: false,
  errorType: 'executor_crashed',
  errorFingerprint: 'c'.repeat(16),
  durationMs: 99_999,
  costRunNanoUsd: 123,
} as const
const presumed = records.slice(0, 60).map((record) => Object.assign({}, record, lost))

let asked: AskedService
let client: Client
let session: McpSession

beforeAll(async () => {
  asked = await startAskedService(records.slice(0, 300))
  await asked.insert(presumed, 1)
  await asked.insert(records.slice(200))
  await asked.insert(records.slice(0, 50))
  await asked.insert(
    records.slice(0, 80).map((record) => Object.assign({}, record, { organizationId: 'other' })),
  )
  client = createClient({ url: asked.url, key: ADMIN_KEY })
  session = await overHttp(asked.url, ADMIN_KEY, 'auto')
})
afterAll(async () => {
  await session.close()
  await asked.stop()
})

/** Each execution once, by its greatest version, without FINAL. */
const ROWS = `(SELECT * FROM code_exec_logs
  WHERE organization_id = 'asking' AND started_at >= parseDateTime64BestEffort('${FROM}', 9) AND started_at < parseDateTime64BestEffort('${TO}', 9)
  ORDER BY record_version DESC LIMIT 1 BY execution_id)`

async function byHand<Row>(columns: string, rest = ''): Promise<Row[]> {
  return asked.select<Row>(`SELECT ${columns} FROM ${ROWS} ${rest}`)
}

async function get(path: string, query: Record<string, string> = {}): Promise<ReturnType<typeof JSON.parse>> {
  const search = new URLSearchParams({ ...ALL, ...query }).toString()
  const answer = await fetch(`${asked.url}${path}?${search}`, {
    headers: { Authorization: `Bearer ${ADMIN_KEY}` },
  })
  expect(answer.status).toBe(200)
  return answer.json()
}

describe('HTTP, command line, client and MCP answer as SQL by hand', () => {
  it('how many executions of each agent succeeded, and what they took', async () => {
    const rows = await byHand<Record<string, string | number | null>>(
      `code_agent_id AS agent, toUInt32(count()) AS n, toUInt32(countIf(success)) AS good, max(duration_ms) AS longest,
       toUInt32(count(memory_peak_bytes)) AS measured, toFloat64(sum(tokens_used)) AS tokens, toFloat64(sum(cost_run_nano_usd)) AS cost,
       quantileExact(0.5)(duration_ms) AS median`,
      'GROUP BY agent ORDER BY agent',
    )
    expect(rows.reduce((sum, { n }) => sum + Number(n), 0)).toBe(records.length)

    const http = await get('/v1/stats', { groupBy: 'codeAgentId' })
    expect(await asked.askJson('stats', '--by', 'codeAgentId', ...OPTIONS)).toEqual(http)
    expect(await client.getStats({ ...ALL, groupBy: 'codeAgentId' })).toEqual(http)
    const mcp = await session.call('get_stats', { ...ALL, groupBy: ['codeAgentId'], limit: 20 })

    for (const { agent, n, good, longest, measured, tokens, cost, median } of rows) {
      const of = ({ key }: { key: { codeAgentId: string | null } }): boolean =>
        key.codeAgentId === (agent || null)
      const wanted = {
        count: n,
        successCount: good,
        durationMs: { count: n, max: longest },
        memoryPeakBytes: { count: measured },
        costRunNanoUsd: cost,
      }
      const [group, shown] = [http.groups.find(of), mcp.groups.find(of)]
      expect(group).toMatchObject({ ...wanted, tokensUsed: { sum: tokens } })
      expect(shown).toMatchObject({ ...wanted, successRate: group.successRate, tokens: { sum: tokens } })
      expect(shown.durationMs.p50).toBe(group.durationMs.p50)
      expect(Math.abs(group.durationMs.p50 - Number(median))).toBeLessThan(150)
    }
    expect(mcp.total.count).toBe(records.length)
  })

  it('what one agent did', async () => {
    const [row] = await byHand<object>(
      'toUInt32(count()) AS count, toUInt32(countIf(success)) AS successCount, toUInt32(count(validation_passed)) AS validationCount',
      "WHERE code_agent_id = 'a'",
    )
    const outcomes = await byHand<{ outcome: string; n: number }>(
      'outcome, toUInt32(count()) AS n',
      "WHERE code_agent_id = 'a' GROUP BY outcome",
    )
    const byOutcome = Object.fromEntries(outcomes.map(({ outcome, n }) => [outcome, n]))
    const http = await get('/v1/agents/a/stats')
    expect(http).toMatchObject({ ...row, byOutcome })
    expect(await asked.askJson('stats', 'a', ...OPTIONS)).toEqual(http)
    expect(await client.getAgentStats({ ...ALL, id: 'a' })).toEqual(http)
    expect(await session.call('get_agent_stats', { ...ALL, codeAgentId: 'a' })).toMatchObject({
      ...row,
      byOutcome,
    })
  })

  it('how many executions began in each hour', async () => {
    const rows = await byHand<{ at: number; n: number }>(
      'toUnixTimestamp(toStartOfHour(started_at)) AS at, toUInt32(count()) AS n',
      'GROUP BY at ORDER BY at',
    )
    const counts = (buckets: readonly { from: string; count: number }[]) =>
      buckets
        .filter(({ count }) => count > 0)
        .map(({ from, count }) => ({ at: Date.parse(from) / 1000, n: count }))
    const http = await get('/v1/stats/timeseries', { bucketSeconds: '3600' })
    expect(counts(http.buckets)).toEqual(rows)
    expect(await client.getTimeseries({ ...ALL, bucketSeconds: 3600 })).toEqual(http)
    const mcp = await session.call('get_timeseries', { ...ALL, bucketSeconds: 3600 })
    expect(counts(mcp.buckets)).toEqual(rows)
  })

  it('which errors there were, how often and when first', async () => {
    const rows = await byHand<{ fingerprint: string; count: number; users: number }>(
      'error_fingerprint AS fingerprint, toUInt32(count()) AS count, toUInt32(uniqExact(user_id)) AS users',
      'WHERE error_fingerprint IS NOT NULL GROUP BY fingerprint ORDER BY count DESC, fingerprint',
    )
    const http = await get('/v1/errors')
    const of = (groups: readonly { fingerprint: string; count: number; userCount: number }[]) =>
      groups.map(({ fingerprint, count, userCount: users }) => ({ fingerprint, count, users }))
    expect(of(http.data)).toEqual(rows)
    expect(await asked.askJson('errors', ...OPTIONS)).toEqual(http)
    expect(await client.getErrors(ALL)).toEqual(http)
    expect(of((await session.call('list_errors', ALL)).errors)).toEqual(rows)
  })

  it('how two versions of an agent compare', async () => {
    const rows = await byHand<{ version: string; count: number; successCount: number }>(
      'code_agent_version AS version, toUInt32(count()) AS count, toUInt32(countIf(success)) AS successCount',
      "WHERE code_agent_id = 'b' GROUP BY version ORDER BY version",
    )
    const http = await get('/v1/agents/b/versions/compare', { a: '1', b: '2' })
    expect([http.a, http.b]).toMatchObject(rows)
    expect(await asked.askJson('compare', 'b', '1', '2', ...OPTIONS)).toEqual(http)
    expect(await client.compareVersions({ ...ALL, id: 'b', a: '1', b: '2' })).toEqual(http)
    const mcp = await session.call('compare_versions', { ...ALL, codeAgentId: 'b', a: '1', b: '2' })
    expect([mcp.a, mcp.b]).toMatchObject(rows)
    expect(mcp.successRateDifference).toEqual(http.successRateDifference)
  })

  it('what sets failures apart', async () => {
    const conditions = { a: 'outcome!=success', b: 'outcome=success' }
    const [row] = await byHand<{ a: number; b: number }>(
      'toUInt32(countIf(NOT success)) AS a, toUInt32(countIf(success)) AS b',
    )
    const http = await get('/v1/differences', conditions)
    expect({ a: http.a.count, b: http.b.count }).toEqual(row)
    expect(await asked.askJson('compare', '--a', conditions.a, '--b', conditions.b, ...OPTIONS)).toEqual(http)
    expect(await client.getDifferences({ ...ALL, ...conditions })).toEqual(http)
    const mcp = await session.call('get_differences', { ...ALL, a: [conditions.a], b: [conditions.b] })
    expect({ a: mcp.a.count, b: mcp.b.count }).toEqual(row)
    expect(mcp.fields.map(({ field }: { field: string }) => field)).toEqual(
      http.fields.map(({ field }: { field: string }) => field),
    )
  })

  it('which executions match, over every page', async () => {
    const where = 'durationMs>=1000'
    const rows = await byHand<{ id: string }>(
      'execution_id AS id',
      "WHERE duration_ms >= 1000 AND outcome = 'failure' ORDER BY started_at DESC, id DESC",
    )
    const wanted = rows.map(({ id }) => id)
    expect(wanted.length).toBeGreaterThan(20)
    const idsOf = (page: { executionId?: string }[]): (string | undefined)[] =>
      page.map(({ executionId: id }) => id)
    const query = { where, outcome: 'failure', fields: 'executionId', limit: '1000' }
    expect(idsOf((await get('/v1/executions', query)).data)).toEqual(wanted)
    const options = ['--where', where, '--outcome', 'failure', '--limit', '1000', '--ndjson', ...OPTIONS]
    const { stdout } = await asked.ask('logs', ...options)
    expect(
      idsOf(
        stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line)),
      ),
    ).toEqual(wanted)
    const iterated: { executionId?: string }[] = []
    const input = { ...ALL, where, outcome: 'failure', limit: 7 }
    for await (const execution of paginate(client.listExecutions, input)) iterated.push(execution)
    expect(idsOf(iterated)).toEqual(wanted)
    const found: { executionId?: string }[] = []
    for (let cursor: string | null | undefined; cursor !== null;) {
      const args = { ...ALL, where: [where], outcome: ['failure'], limit: 9, ...(cursor ? { cursor } : {}) }
      const page = await session.call('search_executions', args)
      found.push(...page.executions)
      cursor = page.nextCursor
    }
    expect(idsOf(found)).toEqual(wanted)
  })

  it('what a statement answers', async () => {
    const query = "SELECT toUInt32(count()) AS n FROM code_exec_logs FINAL WHERE organization_id = 'asking'"
    const wanted = [{ n: records.length }]
    const json = { Authorization: `Bearer ${ADMIN_KEY}`, 'Content-Type': 'application/json' }
    const answer = await fetch(`${asked.url}/v1/sql`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ query }),
    })
    expect(await answer.json()).toMatchObject({ data: wanted })
    expect(await asked.askJson('sql', query)).toEqual(wanted)
    expect((await client.runSql({ query })).data).toEqual(wanted)
    expect((await session.call('query_sql', { query })).rows).toEqual(wanted)
  })
})
