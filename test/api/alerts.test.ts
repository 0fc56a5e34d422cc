/** Alerts over HTTP: what callers may give. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { readProblem, startOfflineService, type TestService } from '../support/service.ts'

let metadata: TestMetadata
let service: TestService
beforeAll(async () => {
  metadata = await startMetadata()
  service = await startOfflineService({}, { metadata })
})
afterAll(async () => {
  await service.close()
  await metadata[Symbol.asyncDispose]()
})

const problemOf = async (path: string) => readProblem(await service.ask(path))

describe('a list of alerts', () => {
  it.each(['x', '00000000-0000-0000-0000-00000000000', "'; --"])('refuses the rule %s', async (id) => {
    const problem = await problemOf(`/v1/alerts?ruleId=${encodeURIComponent(id)}`)
    expect(problem).toMatchObject({ status: 422, errors: [{ path: 'ruleId' }] })
  })

  it.each(['', 'x', '1', '2026', 'Nov 29', '2026-02-30T00:00:00Z', '2026-11-29T00:00'])(
    'refuses a cursor of the time %j',
    async (time) => {
      const problem = await problemOf(`/v1/alerts?cursor=${encodeURIComponent(`${time}~${randomUUID()}`)}`)
      expect(problem).toMatchObject({ status: 422, errors: [{ path: 'cursor' }] })
    },
  )

  it.each(['0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999Z'])(
    'answers behind any time, such as %s',
    async (time) => {
      const found = await service.json(`/v1/alerts?ruleId=${randomUUID()}&cursor=${time}~${randomUUID()}`)
      expect(found).toEqual({ data: [], nextCursor: null })
    },
  )
})

it('a silence begins at any time', async () => {
  const silence = { startsAt: '0000-01-01T00:00:00Z', endsAt: '9999-12-31T23:59:59Z' }
  const made = await service.post('/v1/alerts/silences', silence)
  expect(made.status).toBe(200)
  const problem = await readProblem(
    await service.post('/v1/alerts/silences', { endsAt: '0000-01-01T00:00:00Z' }),
  )
  expect(problem).toMatchObject({ status: 422, errors: [{ path: 'endsAt' }] })
})

it('a silence names fields that the group of an alert can have', async () => {
  const endsAt = '2100-01-01T00:00:00Z'
  const typo = await service.post('/v1/alerts/silences', { matches: { codeAgent: 'summer' }, endsAt })
  expect(await readProblem(typo)).toMatchObject({
    status: 422,
    errors: [{ path: 'matches.codeAgent', message: expect.stringContaining('codeAgentId') }],
  })
  const right = await service.post('/v1/alerts/silences', { matches: { codeAgentId: null }, endsAt })
  expect(right.status).toBe(200)
})
