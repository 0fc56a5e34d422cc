/** Statistics beside what the same rows give when they are counted by hand. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  distributionSchema,
  facetsSchema,
  statsSchema,
  timeseriesSchema,
} from '../../src/api/stats-schema.ts'
import { OUTCOMES, type ExecutionRecord } from '../../src/execution.ts'
import type { StatsReport } from '../../src/service/stats.ts'
import type { Timeseries } from '../../src/service/timeseries.ts'
import type { Histogram } from '../../src/store/queries/distribution.ts'
import type { Facet } from '../../src/store/queries/facets.ts'
import { END, expectFigures, HOURS, iso, records, startAskedStack, WINDOW } from '../support/asked-records.ts'
import { ACME_KEY, readProblem, withKey, type TestService } from '../support/service.ts'

let service: TestService
let stop: () => Promise<void>
beforeAll(async () => {
  ;({ service, stop } = await startAskedStack())
})
afterAll(() => stop())

function ask<Reply>(path: string, query: string): Promise<Reply> {
  return service.json<Reply>(`${path}?organization=asking&${WINDOW}&${query}`)
}

describe('statistics', () => {
  it('in total are those of the matching rows', async () => {
    const found = await ask<StatsReport>('/v1/stats', 'where=durationMs>%3D100')
    expect(statsSchema.parse(found)).toEqual(found)
    expectFigures(
      found.total,
      records.filter((row) => row.durationMs >= 100),
    )
    expect([found.groups, found.other]).toEqual([[], null])
    expect(found.total.ratePerSecond).toBeCloseTo(found.total.count / (HOURS * 3600), 9)
  })

  it('by one field have the greatest groups and the others', async () => {
    const found = await ask<StatsReport>('/v1/stats', 'groupBy=codeAgentId&limit=2')
    expectFigures(found.total, records)
    const of = (agent: string | null): ExecutionRecord[] => records.filter((row) => row.codeAgentId === agent)
    const listed = new Set(found.groups.map(({ key }) => key.codeAgentId ?? null))
    for (const group of found.groups) expectFigures(group, of(group.key.codeAgentId ?? null))
    const sizes = (['a', 'b', 'c', 'd', null] as const)
      .map((agent) => of(agent).length)
      .toSorted((x, y) => y - x)
    expect(found.groups.map(({ count }) => count)).toEqual(sizes.slice(0, 2))
    if (found.other === null) throw new Error('the other groups are missing')
    expectFigures(
      found.other,
      records.filter((row) => !listed.has(row.codeAgentId)),
    )
  })

  it.each(['count', 'failures', 'failureRate', 'duration', 'memory', 'cost', 'tokens'])(
    'by two fields, ordered by %s, have every group',
    async (order) => {
      const found = await ask<StatsReport>('/v1/stats', `groupBy=runtime,outcome&order=${order}`)
      expect(found.groups).toHaveLength(6)
      expect(found.other).toBeNull()
      for (const { key, ...figures } of found.groups)
        expectFigures(
          figures,
          records.filter((row) => row.runtime === key.runtime && row.outcome === key.outcome),
        )
    },
  )

  it('have a trend of each group, with what failed', async () => {
    const found = await ask<StatsReport>('/v1/stats', 'groupBy=runtime&trend=6&compare=previous')
    expect(statsSchema.parse(found)).toEqual(found)
    const [from, length] = [Date.parse(found.window.from), HOURS * 600_000]
    for (const { key, trend } of found.groups) {
      const own = records.filter(({ runtime }) => runtime === key.runtime)
      const slots = Array.from({ length: 6 }, (_, slot) =>
        own.filter(({ startedAt }) => Math.floor((Date.parse(startedAt) - from) / length) === slot),
      )
      expect(trend).toEqual({
        counts: slots.map((rows) => rows.length),
        failures: slots.map((rows) => rows.filter(({ success }) => !success).length),
      })
    }
  })

  it('compare the same groups with the window before', async () => {
    const middle = END - 3 * 3_600_000
    const window = `organization=asking&from=${iso(middle)}&to=${iso(END)}`
    const found = await service.json<StatsReport>(`/v1/stats?${window}&groupBy=runtime&compare=previous`)
    expect(statsSchema.parse(found)).toEqual(found)
    const earlier = records.filter((row) => Date.parse(row.startedAt) < middle)
    const later = records.filter((row) => Date.parse(row.startedAt) >= middle)
    expectFigures(found.total, later)
    if (found.previous === undefined) throw new Error('the window before is missing')
    expectFigures(found.previous.total, earlier)
    expect(found.change?.count.by).toBe(later.length - earlier.length)
    for (const { key, change } of found.groups) {
      const of = (rows: ExecutionRecord[]) => rows.filter((row) => row.runtime === key.runtime).length
      expect(change?.count).toEqual({
        by: of(later) - of(earlier),
        ratio: (of(later) - of(earlier)) / of(earlier),
      })
    }
  })

  it('over time have every bucket, empty ones too, and mark those that are cut', async () => {
    const found = await ask<Timeseries>('/v1/stats/timeseries', 'bucketSeconds=1800')
    expect(timeseriesSchema.parse(found)).toEqual(found)
    expect(found.buckets).toHaveLength(HOURS * 2)
    for (const bucket of found.buckets) {
      expect(bucket.complete).toBe(true)
      const inside = (row: ExecutionRecord): boolean =>
        row.startedAt >= bucket.from && row.startedAt < bucket.to
      expectFigures(bucket, records.filter(inside))
      for (const outcome of OUTCOMES)
        expect(bucket.byOutcome[outcome]).toBe(
          records.filter((row) => inside(row) && row.outcome === outcome).length,
        )
    }
    const cut = await service.json<Timeseries>(
      `/v1/stats/timeseries?organization=nobody&bucketSeconds=3600&from=${iso(END - 5_400_000)}&to=${iso(Date.now() + 3_600_000)}`,
    )
    expect(cut.buckets.map(({ complete, count, durationMs }) => [complete, count, durationMs.p50])).toEqual([
      [false, 0, null],
      [true, 0, null],
      ...cut.buckets.slice(2).map(() => [false, 0, null]),
    ])
    const chosen = await ask<Timeseries>('/v1/stats/timeseries', '')
    expect(chosen.bucketSeconds).toBe(900)
    const problem = await readProblem(await service.ask('/v1/stats/timeseries?bucketSeconds=60'))
    expect(problem.errors).toMatchObject([{ path: 'bucketSeconds' }])
  })

  it.each(['durationMs', 'memoryPeakBytes'] as const)('spread %s over bins and time', async (measure) => {
    const found = await ask<Histogram>('/v1/stats/distribution', `measure=${measure}&bucketSeconds=3600`)
    expect(distributionSchema.parse(found)).toEqual(found)
    const values = records.flatMap((row) => (row[measure] === null ? [] : [{ ...row, value: row[measure] }]))
    expect(found.bins.reduce((sum, { count }) => sum + count, 0)).toBe(values.length)
    for (const { from, to, count } of found.bins)
      expect(values.filter(({ value }) => value >= from && value < to)).toHaveLength(count)
    for (const { at, from, to, count, failures } of found.cells) {
      const inside = values.filter(
        ({ value, startedAt }) =>
          value >= from &&
          value < to &&
          startedAt >= at &&
          Date.parse(startedAt) < Date.parse(at) + 3_600_000,
      )
      expect([count, failures]).toEqual([inside.length, inside.filter(({ success }) => !success).length])
    }
  })

  it('name the organizations, of which a key sees its own', async () => {
    const path = `/v1/facets?fields=organizationId&${WINDOW}`
    const all = await service.json<{ facets: Facet[] }>(path)
    expect(all.facets[0]?.values.map(({ value }) => value)).toEqual(['asking', 'other'])
    const own = await service.json<{ facets: Facet[] }>(path, 200, withKey(ACME_KEY))
    expect(own.facets[0]?.values).toEqual([])
  })

  it('name the most frequent values of fields', async () => {
    const found = await ask<{ facets: Facet[] }>(
      '/v1/facets',
      'fields=codeAgentId,userId,success&limit=2&runtime=vm2',
    )
    expect(facetsSchema.parse(found)).toEqual(found)
    const rows = records.filter((row) => row.runtime === 'vm2')
    expect(found.facets.map(({ field, distinct }) => [field, distinct])).toEqual([
      ['codeAgentId', 5],
      ['userId', 4],
      ['success', 2],
    ])
    for (const { field, values, otherCount } of found.facets) {
      const of = (value: string | null): number =>
        rows.filter((row) => (row[field] === null ? null : String(row[field])) === value).length
      for (const { value, count } of values) expect(count).toBe(of(value))
      expect(values.reduce((sum, { count }) => sum + count, otherCount)).toBe(rows.length)
    }
  })
})

it.each(['/v1/stats?groupBy=userId', '/v1/stats/timeseries?', '/v1/stats/distribution?', '/v1/facets?'])(
  '%s answers a bound key only about its organization',
  async (path) => {
    const text = await (await service.ask(`${path}&${WINDOW}`, withKey(ACME_KEY))).text()
    expect(text).not.toMatch(/o'brien|"count":[1-9]/)
    const refused = await readProblem(await service.ask(`${path}&organization=asking`, withKey(ACME_KEY)))
    expect(refused.status).toBe(403)
  },
)
