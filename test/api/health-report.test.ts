/** The health report beside hand-written SQL over the same rows. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { healthReportSchema } from '../../src/api/health-schema.ts'
import { differenceOfProportions, familyQuantile } from '../../src/service/confidence.ts'
import type { HealthReport } from '../../src/service/health-figures.ts'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { insertRecords } from '../support/records.ts'
import { ACME_KEY, GLOBEX_KEY, withKey } from '../support/service.ts'
import { executions } from '../support/changed-agents.ts'

let stack: ApiStack
beforeAll(async () => {
  stack = await startApiStack()
  await insertRecords(stack.clickhouse, executions)
  await insertRecords(stack.clickhouse, executions.slice(0, 700))
})
afterAll(() => stack.stop())

function report(query = '', key = ACME_KEY): Promise<HealthReport> {
  return stack.service.json<HealthReport>(`/v1/health-report?${query}`, 200, withKey(key))
}

it('names the agents that got worse beyond chance, and why', async () => {
  const found = await report()
  expect(healthReportSchema.parse(found)).toEqual(found)
  expect(found.verdict).toBe('degraded')
  expect(found.summary).toMatch(/^2 agents are worse than before\. 190 executions/u)
  expect(found.worseAgents.map(({ agentId }) => agentId)).toEqual(['slow', 'worse'])
  const [slow, worse] = found.worseAgents
  expect(slow?.reasons).toEqual([
    expect.stringMatching(/^8\.\d times as slow \(\d.*; 40 executions, 100 before\)$/u),
  ])
  expect(worse?.reasons).toEqual([expect.stringMatching(/^success 95\.0 % → 66\.7 % /u)])
  expect(worse?.errors).toMatchObject([{ message: "KeyError: 'customer_id'", count: 20, isNew: true }])
  const version = worse?.differences.find(({ field }) => field === 'codeAgentVersion')
  expect(version?.values[0]).toMatchObject({ shareA: expect.toBeOneOf([0, 1]) })
  expect(found.newErrors.map(({ message }) => message)).toEqual(["KeyError: 'customer_id'"])
  expect(found.slowestAgents[0]).toMatchObject({ agentId: 'slow', now: { count: 40 } })
  expect(found.pipeline).toMatchObject({ ready: true })
  expect(found.findings.map(({ severity }) => severity)).toEqual(
    found.findings.map(({ severity }) => severity).toSorted((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b)),
  )
})
const ORDER = ['bad', 'warning', 'good', 'unknown']

it('counts each row once, as hand-written SQL does, and says both windows', async () => {
  const found = await report()
  expect(Date.parse(found.window.to) - Date.parse(found.window.from)).toBe(86_400_000)
  expect(found.baseline.to).toBe(found.window.from)
  expect(Date.parse(found.baseline.to) - Date.parse(found.baseline.from)).toBe(7 * 86_400_000)
  const byHand = await stack.clickhouse.store.query<{
    agent: string
    n: number
    good: number
    n_before: number
    good_before: number
  }>(
    `SELECT code_agent_id AS agent, toUInt32(countIf(t >= f)) AS n, toUInt32(countIf(t >= f AND success)) AS good,
       toUInt32(countIf(t < f)) AS n_before, toUInt32(countIf(t < f AND success)) AS good_before
     FROM (SELECT code_agent_id, success, started_at AS t, parseDateTime64BestEffort({from:String}, 3, 'UTC') AS f FROM code_exec_logs
       WHERE organization_id = 'acme' AND t >= f - INTERVAL 7 DAY LIMIT 1 BY execution_id) GROUP BY agent`,
    { from: found.window.from },
  )
  const sum = (name: 'n' | 'good' | 'n_before' | 'good_before'): number =>
    byHand.reduce((total, row) => total + row[name], 0)
  expect(found.total).toMatchObject({
    now: { count: sum('n'), successCount: sum('good') },
    before: { count: sum('n_before'), successCount: sum('good_before') },
  })
  const row = byHand.find(({ agent }) => agent === 'worse')
  const worse = found.worseAgents.find(({ agentId }) => agentId === 'worse')
  expect(worse?.now).toMatchObject({ count: row?.n, successCount: row?.good })
  expect(worse?.successRateDifference).toEqual(
    differenceOfProportions(
      { successes: row?.good_before ?? 0, count: row?.n_before ?? 0 },
      { successes: row?.good ?? 0, count: row?.n ?? 0 },
      familyQuantile(10),
    ),
  )
})

it('calls no agent worse for what may be chance, and takes filters and a window', async () => {
  const noise = await report('codeAgentId=noise')
  expect([noise.verdict, noise.worseAgents]).toEqual(['healthy', []])
  expect(noise.total.successRateDifference).toMatchObject({ significant: false })
  const watched = await report('where=outcome=failure&codeAgentId=worse&codeAgentId=steady')
  expect(watched.newErrors).toHaveLength(1)
  expect(await report('from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z')).toMatchObject({
    verdict: 'quiet',
    window: { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' },
  })
})

it('shows a key only its organization', async () => {
  expect(await report('', GLOBEX_KEY)).toMatchObject({ verdict: 'quiet', agentCount: 0, newErrors: [] })
})

it.each([
  [1, 1.96],
  [10, 2.807],
  [2000, 4.215],
])('widens intervals for %i comparisons to %f standard errors', (count, quantile) => {
  expect(familyQuantile(count)).toBeCloseTo(quantile, 1)
})
