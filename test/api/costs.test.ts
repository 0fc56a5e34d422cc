/** Costs beside what the same rows give when they are added up by hand. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  costForecastSchema,
  costSeriesSchema,
  costsSchema,
  whatIfSchema,
} from '../../src/api/costs-schema.ts'
import type { CostForecast } from '../../src/service/cost-forecast.ts'
import type { PriceLines } from '../../src/cost/price-book.ts'
import type { WhatIf } from '../../src/service/cost-what-if.ts'
import type { CostReport, CostSeries } from '../../src/service/costs.ts'
import { startApiStack } from '../support/api-stack.ts'
import { costFiguresOf, costRecords, COSTS_WINDOW } from '../support/cost-records.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { ACME_KEY, readProblem, withKey, type TestService } from '../support/service.ts'

const MIB = 1_048_576
/** Two runs that were measured, and one that was not. */
const measured = [
  { durationMs: 1000, startupMs: 100, cpuMs: 500, memoryPeakBytes: 100 * MIB },
  { durationMs: 3000, startupMs: 100, cpuMs: 1500, memoryPeakBytes: 600 * MIB },
  { durationMs: 2000, startupMs: 100, cpuMs: null, memoryPeakBytes: null },
].map((part) => makeRecord({ organizationId: 'moving', runtime: 'vm2', ...part }))

let service: TestService
let stop: () => Promise<void>
beforeAll(async () => {
  const stack = await startApiStack()
  ;({ service, stop } = stack)
  await insertRecords(stack.clickhouse, costRecords)
  await insertRecords(stack.clickhouse, costRecords.slice(0, 100))
  await insertRecords(stack.clickhouse, measured)
  const recent = [1, 2, 3, 4].map((days) => {
    const startedAt = new Date(Date.now() - days * 86_400_000).toISOString()
    return makeRecord({
      organizationId: 'recent',
      startedAt,
      costRunNanoUsd: 1000,
      costAllocatedNanoUsd: 2000,
    })
  })
  await insertRecords(stack.clickhouse, [...recent, makeRecord({ organizationId: 'recent' })])
})
afterAll(() => stop())

const ask = <Reply>(path: string, question: string): Promise<Reply> =>
  service.json<Reply>(`/v1/costs${path}?organization=spending&${COSTS_WINDOW}&${question}`)

describe('costs', () => {
  it('in total are those of the matching rows', async () => {
    const found = await ask<CostReport>('', 'runtime=e2b')
    expect(costsSchema.parse(found)).toEqual(found)
    expect(found.total).toEqual(costFiguresOf(costRecords.filter(({ runtime }) => runtime === 'e2b')))
    expect([found.groups, found.other]).toEqual([[], null])
  })

  it('of no executions are 0', async () => {
    const found = await ask<CostReport>('', 'runtime=bacalhau')
    expect(found.total).toEqual(costFiguresOf([]))
  })

  it('by agent have the most expensive groups and the others, which add up to the total', async () => {
    const found = await ask<CostReport>('', 'groupBy=codeAgentId&limit=2')
    const of = (agent: string | null) => costFiguresOf(costRecords.filter((row) => row.codeAgentId === agent))
    const agents = (['a', 'b', 'c', null] as const).toSorted(
      (x, y) => Number(of(y).costNanoUsd) - Number(of(x).costNanoUsd),
    )
    expect(found.groups).toEqual(
      agents.slice(0, 2).map((agent) => Object.assign({ key: { codeAgentId: agent } }, of(agent))),
    )
    const parts = [...found.groups, found.other]
    const sum = parts.reduce((total, part) => total + BigInt(part?.costNanoUsd ?? 0), 0n)
    expect(sum).toBe(BigInt(found.total.costNanoUsd ?? 0))
    expect(found.total).toEqual(costFiguresOf(costRecords))
  })

  it.each(['cost', 'tokens', 'failures', 'perSuccess', 'count'])(
    'by two fields are ordered by %s',
    async (order) => {
      const { groups } = await ask<CostReport>('', `groupBy=runtime,model&order=${order}`)
      const values = groups.map((group) =>
        order === 'count'
          ? group.count
          : order === 'failures'
            ? group.failures.costNanoUsd
            : {
                cost: group.costNanoUsd,
                tokens: group.costTokensNanoUsd,
                perSuccess: group.perSuccessNanoUsd,
              }[order],
      )
      expect(groups).toHaveLength(4)
      const known = values.map((value) => value ?? 0)
      expect(known).toEqual(known.toSorted((a, b) => b - a))
    },
  )

  it('are compared with the window before', async () => {
    const found = await service.json<CostReport>(
      '/v1/costs?organization=spending&from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z&groupBy=runtime&compare=previous',
    )
    expect(costsSchema.parse(found)).toEqual(found)
    expect(found.previous?.window).toEqual({ from: '2026-01-29T00:00:00.000Z', to: '2026-03-01T00:00:00Z' })
    const { costNanoUsd } = found.total
    const by = Number(costNanoUsd) - Number(found.previous?.total.costNanoUsd)
    expect(found.change?.costNanoUsd.by).toBe(by)
    for (const group of found.groups) expect(group.change?.costNanoUsd.ratio).not.toBe(null)
  })

  it('by month add up to the total, group by group', async () => {
    const found = await ask<CostSeries>('/timeseries', 'bucket=month&groupBy=codeAgentId&limit=2')
    expect(costSeriesSchema.parse(found)).toEqual(found)
    expect(found.buckets.map(({ from, complete }) => [from.slice(0, 10), complete])).toEqual([
      ['2026-01-01', false],
      ['2026-02-01', true],
      ['2026-03-01', true],
    ])
    for (const { from, total } of found.buckets)
      expect(total).toEqual(
        costFiguresOf(costRecords.filter(({ startedAt }) => startedAt.startsWith(from.slice(0, 7)))),
      )
    const cells = found.buckets.flatMap(({ groups, other }) =>
      groups.map((group) => group.costNanoUsd).concat(other?.costNanoUsd ?? 0),
    )
    const sum = cells.reduce((total, nanoUsd) => total + BigInt(nanoUsd ?? 0), 0n)
    expect(sum).toBe(BigInt(costFiguresOf(costRecords).costNanoUsd ?? 0))
  })

  it.each(['hour', 'day', 'week'] as const)('by %s are those of the rows', async (bucket) => {
    const question = `organization=spending&from=2026-02-01T00:00:00Z&to=2026-02-15T12:30:00Z&bucket=${bucket}`
    const { buckets } = await service.json<CostSeries>(`/v1/costs/timeseries?${question}`)
    for (const { from, to, total } of buckets)
      expect(total).toEqual(
        costFiguresOf(
          costRecords.filter(
            ({ startedAt }) =>
              startedAt >= (from < '2026-02-01' ? '2026-02-01' : from) &&
              startedAt < (to > '2026-02-15T12:30:00Z' ? '2026-02-15T12:30:00Z' : to),
          ),
        ),
      )
    expect(buckets).toHaveLength({ hour: 24 * 14 + 13, day: 15, week: 3 }[bucket])
  })

  it('refuse more buckets than can be shown', async () => {
    const found = await readProblem(
      await service.ask('/v1/costs/timeseries?from=1990-01-01T00:00:00Z&bucket=hour'),
    )
    expect(found).toMatchObject({ status: 422, code: 'invalid_request' })
  })

  it('of the month are forecast, without those that are unknown', async () => {
    const found = await service.json<CostForecast>('/v1/costs/forecast?organization=recent')
    expect(costForecastSchema.parse(found)).toEqual(found)
    expect(found).toMatchObject({ historyDays: 4, unpricedCount: 1 })
    expect(found.forecastNanoUsd).toBeGreaterThanOrEqual(found.spentNanoUsd)
  })

  it('belong to the organization of the key', async () => {
    const found = await service.json<CostReport>(`/v1/costs?${COSTS_WINDOW}`, 200, withKey(ACME_KEY))
    expect(found.total.count).toBe(0)
  })
})

it('prices are those of the book, with the ids that executions have', async () => {
  const { resources } = await service.json<PriceLines>('/v1/costs/prices')
  expect(resources.map(({ id, usdPerVcpuSecond }) => [id, usdPerVcpuSecond])).toContainEqual([
    'e2b-2026-08-06',
    '0.000014',
  ])
})

describe('what the same executions would have cost', () => {
  it('in sandboxes of e2b follows from how long they took', async () => {
    const found = await service.json<WhatIf>('/v1/costs/what-if?organization=moving&target=e2b')
    expect(whatIfSchema.parse(found)).toEqual(found)
    // 30,250 a second: 6 s of runs, and a second of start-up for each of three
    expect(found).toMatchObject({
      count: 3,
      actual: { costNanoUsd: null, unpricedCount: 3 },
      estimate: { costRunNanoUsd: 181_500, costAllocatedNanoUsd: 272_250, priceId: 'e2b-2026-08-06' },
    })
    expect(found.assumptions).toContain('1 executions used more than 512 MiB and would need larger sandboxes')
  })

  it('on a node without a price is unknown, and says so', async () => {
    const found = await service.json<WhatIf>('/v1/costs/what-if?organization=moving&target=subprocess')
    expect(found).toMatchObject({ count: 2, estimate: { costRunNanoUsd: null, priceId: null } })
    expect(found.assumptions).toContain(
      '1 executions are left out, because their processor time or memory was not measured',
    )
    expect(found.assumptions.at(-1)).toContain('set EXECTRAIL_PRICES')
  })
})
