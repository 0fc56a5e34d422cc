/** Errors and comparisons beside what the same rows give when they are counted by hand. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { differencesSchema, errorsSchema, versionComparisonSchema } from '../../src/api/comparison-schema.ts'
import type { ExecutionRecord } from '../../src/execution.ts'
import type { VersionComparison } from '../../src/service/compare-versions.ts'
import type { ErrorGroup } from '../../src/store/queries/errors.ts'
import type { FieldDifference } from '../../src/store/queries/differences.ts'
import type { Window } from '../../src/store/scope.ts'
import { startApiStack } from '../support/api-stack.ts'
import { expectFigures } from '../support/asked-records.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { ACME_KEY, readProblem, withKey, type TestService } from '../support/service.ts'

const HOUR = 3_600_000
const END = Math.floor(Date.now() / HOUR) * HOUR
const at = (hoursBefore: number): string => new Date(END - hoursBefore * HOUR).toISOString()

function made(hoursBefore: number, part: Partial<ExecutionRecord> = {}): ExecutionRecord {
  return makeRecord({ organizationId: 'compared', startedAt: at(hoursBefore), ...part })
}

function failed(hoursBefore: number, fingerprint: string, part: Partial<ExecutionRecord> = {}) {
  return made(hoursBefore, {
    outcome: 'failure',
    success: false,
    errorType: 'exception',
    errorFingerprint: fingerprint.repeat(16),
    errorMessage: `Error ${fingerprint} ${hoursBefore}`,
    ...part,
  })
}

/** Version 2 is slower and fails on node n1, by an error that version 1 does not have. */
const one = Array.from({ length: 60 }, (_, n) =>
  made(3, { codeAgentId: 'agent', codeAgentVersion: '1', durationMs: 10 + (n % 5), nodeId: `n${n % 3}` }),
)
const two = Array.from({ length: 60 }, (_, n) => {
  const part = { codeAgentId: 'agent', codeAgentVersion: '2', durationMs: 100 + (n % 5), nodeId: `n${n % 3}` }
  return n % 3 === 1 ? failed(1, 'b', part) : made(1, part)
})
const gone = [failed(3, 'a', { codeAgentId: 'agent', codeAgentVersion: '1', nodeId: 'n0', durationMs: 12 })]
const known = [
  failed(24 * 5, 'c', { codeAgentId: 'other' }),
  failed(2, 'c', { codeAgentId: 'other', userId: 'u1' }),
  failed(4, 'c', { codeAgentId: 'third', userId: 'u2', runtime: 'vm2' }),
]
const records = [...one, ...two, ...gone, ...known]

let service: TestService
let stop: () => Promise<void>
beforeAll(async () => {
  const stack = await startApiStack()
  ;({ service, stop } = stack)
  await insertRecords(stack.clickhouse, records)
  await insertRecords(stack.clickhouse, records.slice(0, 30))
})
afterAll(() => stop())

const WINDOW = `organization=compared&from=${at(6)}&to=${at(0)}`

describe('errors', () => {
  it('are grouped, counted, and new unless they were seen before the window', async () => {
    const found = await service.json<{ data: ErrorGroup[] }>(`/v1/errors?${WINDOW}`)
    expect(errorsSchema.parse(found)).toEqual(found)
    expect(found.data.map(({ fingerprint, count, isNew }) => [fingerprint[0], count, isNew])).toEqual([
      ['b', 20, true],
      ['c', 2, false],
      ['a', 1, true],
    ])
    const [b, c] = found.data
    expect(b).toMatchObject({ agents: { count: 1, top: ['agent'] }, versions: { count: 1, top: ['2'] } })
    expect(b?.trend.reduce((sum, count) => sum + count, 0)).toBe(20)
    // One hour before the end of six hours in 24 stretches.
    expect(b?.trend[20]).toBe(20)
    expect(b?.executionIds).toHaveLength(3)
    expect(c).toMatchObject({
      message: 'Error c 2',
      firstSeen: `${at(24 * 5).slice(0, -1)}000000Z`,
      lastSeen: `${at(2).slice(0, -1)}000000Z`,
      userCount: 2,
      runtimes: { count: 2 },
      versions: { count: 0, top: [] },
      executionIds: [known[1]?.executionId, known[2]?.executionId],
    })
    expect(new Set(c?.agents.top)).toEqual(new Set(['other', 'third']))
  })

  it('take the filters and the order of the question', async () => {
    const found = await service.json<{ data: ErrorGroup[] }>(
      `/v1/errors?${WINDOW}&order=lastSeen&limit=1&where=codeAgentVersion!=2`,
    )
    expect(found.data.map(({ fingerprint, count }) => [fingerprint[0], count])).toEqual([['c', 2]])
  })
})

describe('differences', () => {
  interface Answer {
    a: { window: Window; count: number }
    b: { window: Window; count: number }
    fields: FieldDifference[]
  }

  it('name the fields that set an agent’s failures apart from its successes', async () => {
    const found = await service.json<Answer>(
      `/v1/differences?${WINDOW}&codeAgentId=agent&a=outcome!=success&b=outcome=success`,
    )
    expect(differencesSchema.parse(found)).toEqual(found)
    expect([found.a.count, found.b.count]).toEqual([21, 100])
    const node = found.fields.find(({ field }) => field === 'nodeId')
    expect(node?.significant).toBe(true)
    expect(node?.values[0]).toEqual({
      value: 'n1',
      countA: 20,
      countB: 20,
      shareA: 20 / 21,
      shareB: 0.2,
      difference: 20 / 21 - 0.2,
    })
    expect(found.fields.find(({ field }) => field === 'language')).toBeUndefined()
    const duration = found.fields.find(({ field }) => field === 'durationMs')
    expect(duration?.values).toContainEqual(expect.objectContaining({ value: '64', countA: 20, countB: 40 }))
  })

  it('compare one window with another', async () => {
    const found = await service.json<Answer>(
      `/v1/differences?organization=compared&codeAgentId=agent&aFrom=${at(2)}&aTo=${at(0)}&bFrom=${at(6)}&bTo=${at(2)}`,
    )
    expect([found.a.count, found.b.count]).toEqual([60, 61])
    expect(found.fields[0]).toMatchObject({ difference: 1, significant: true })
    expect(found.fields.map(({ field }) => field)).toContain('codeAgentVersion')
  })

  it('are none between a set and itself, or where nothing ran', async () => {
    const same = await service.json<Answer>(`/v1/differences?${WINDOW}`)
    expect([same.a.count, same.fields]).toEqual([records.length - 1, []])
    const none = await service.json<Answer>(`/v1/differences?organization=nobody`)
    expect([none.a.count, none.fields]).toEqual([0, []])
  })
})

describe('versions', () => {
  it('are compared with what chance leaves of the difference', async () => {
    const found = await service.json<VersionComparison>(`/v1/agents/agent/versions/compare?${WINDOW}&a=1&b=2`)
    expect(versionComparisonSchema.parse(found)).toEqual(found)
    expectFigures(found.a, [...one, ...gone])
    expectFigures(found.b, two)
    expect(found.successRateDifference).toMatchObject({ significant: true })
    expect(found.successRateDifference?.estimate).toBeCloseTo(40 / 60 - 60 / 61, 9)
    expect(found.durationRatio?.significant).toBe(true)
    expect(found.durationRatio?.estimate).toBeGreaterThan(7)
    expect(found.memoryRatio).toMatchObject({ estimate: 1, significant: false })
    expect(found.costRatio).toBeNull()
    expect(found.newErrors).toMatchObject([{ fingerprint: 'b'.repeat(16), countA: 0, countB: 20 }])
    expect(found.goneErrors).toMatchObject([{ fingerprint: 'a'.repeat(16), countA: 1, countB: 0 }])
    expect(found.commonErrors).toEqual([])
  })

  it('that never ran have no figures and no verdict', async () => {
    const found = await service.json<VersionComparison>(`/v1/agents/agent/versions/compare?${WINDOW}&a=1&b=9`)
    expect([found.b.count, found.successRateDifference, found.durationRatio]).toEqual([0, null, null])
    const problem = await readProblem(await service.ask('/v1/agents/agent/versions/compare'))
    expect(problem.errors?.map(({ path }) => path)).toEqual(['a', 'b'])
  })
})

it.each(['/v1/errors?', '/v1/differences?', '/v1/agents/agent/versions/compare?a=1&b=2&'])(
  '%s answers a bound key only about its organization',
  async (path) => {
    const text = await (await service.ask(`${path}from=${at(6)}`, withKey(ACME_KEY))).text()
    expect(text).not.toMatch(/"count":[1-9]|Error [abc]/)
  },
)
