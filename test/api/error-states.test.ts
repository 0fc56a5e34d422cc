import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { errorsSchema } from '../../src/api/comparison-schema.ts'
import type { AuditEntry } from '../../src/metadata/audit-log.ts'
import type { ErrorView } from '../../src/service/error-view.ts'
import type { ExecutionRecord } from '../../src/execution.ts'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { startMetadata, type TestMetadata } from '../support/metadata.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import {
  ACME_KEY,
  ADMIN_KEY,
  GLOBEX_KEY,
  READ_KEY,
  readProblem,
  withKey,
  WORKSPACE_KEY,
  type TestService,
} from '../support/service.ts'

const HOUR = 3_600_000

function failed(fingerprint: string, part: Partial<ExecutionRecord> = {}): ExecutionRecord {
  return makeRecord({
    organizationId: 'acme',
    startedAt: new Date(Date.now() - HOUR).toISOString(),
    outcome: 'failure',
    success: false,
    errorType: 'exception',
    errorFingerprint: fingerprint.repeat(16),
    errorMessage: `Error ${fingerprint}`,
    ...part,
  })
}

let metadata: TestMetadata
let stack: ApiStack
let service: TestService
beforeAll(async () => {
  ;[metadata, stack] = await startBoth()
  ;({ service } = stack)
  await insertRecords(stack.clickhouse, [
    failed('a', { workspaceId: 'w1' }),
    failed('b', { workspaceId: 'w1' }),
    failed('b', { workspaceId: 'w2' }),
    failed('c', { workspaceId: 'w2' }),
    failed('d'),
    failed('d', { organizationId: 'globex' }),
    failed('e', { organizationId: 'globex' }),
  ])
})
afterAll(async () => {
  await stack.stop()
  await metadata[Symbol.asyncDispose]()
})

async function startBoth(): Promise<[TestMetadata, ApiStack]> {
  const started = await startMetadata()
  return [started, await startApiStack({ metadata: started })]
}

const states = async (key: string, query = ''): Promise<Record<string, string>> => {
  const { data } = await service.json<{ data: ErrorView[] }>(`/v1/errors?${query}`, 200, withKey(key))
  return Object.fromEntries(data.map(({ fingerprint, state }) => [fingerprint.slice(0, 1), state]))
}
const change = (key: string, fingerprint: string, body: object, query = ''): Promise<Response> =>
  service.ask(`/v1/errors/${fingerprint.repeat(16)}${query}`, {
    method: 'PATCH',
    headers: { ...withKey(key).headers, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
const decided = async (...given: Parameters<typeof change>): Promise<unknown> => {
  const answer = await change(...given)
  expect(answer.status).toBe(200)
  return answer.json()
}

describe('a group of errors', () => {
  it('is open until it is decided about, and says so as documented', async () => {
    const body = await service.json('/v1/errors', 200, withKey(ACME_KEY))
    expect(errorsSchema.safeParse(body).success).toBe(true)
    expect(await states(ACME_KEY)).toEqual({ a: 'open', b: 'open', c: 'open', d: 'open' })
  })

  it('is resolved until it is seen again, then regressed', async () => {
    expect(await decided(ACME_KEY, 'c', { state: 'resolved' })).toMatchObject({
      organizationId: 'acme',
      workspaceId: null,
      state: 'resolved',
      changedBy: 'acme',
    })
    expect(await states(ACME_KEY)).toMatchObject({ c: 'resolved' })
    expect(await states(ACME_KEY, 'state=open')).toEqual({ a: 'open', b: 'open', d: 'open' })
    expect(await states(ACME_KEY, 'state=resolved&limit=1')).toEqual({ c: 'resolved' })
    const again = new Date(Date.now() + 1).toISOString()
    await insertRecords(stack.clickhouse, [failed('c', { startedAt: again })])
    const to = new Date(Date.now() + HOUR).toISOString()
    expect(await states(ACME_KEY, `to=${to}`)).toMatchObject({ c: 'regressed' })
    expect(await states(ACME_KEY, `to=${to}&state=regressed`)).toEqual({ c: 'regressed' })
    await decided(ACME_KEY, 'c', { state: 'open' })
    expect(await states(ACME_KEY, `to=${to}`)).toMatchObject({ c: 'open' })
  })

  it('is hidden while it is ignored, unless it is asked for', async () => {
    await decided(ACME_KEY, 'a', { state: 'ignored' })
    expect(await states(ACME_KEY)).not.toHaveProperty('a')
    expect(await states(ACME_KEY, 'state=ignored')).toEqual({ a: 'ignored' })
    expect(await states(ACME_KEY, 'state=ignored,open')).toMatchObject({ a: 'ignored', b: 'open' })
    await decided(ACME_KEY, 'a', { state: 'open' })
  })

  it('is assigned, and stays so when its state changes', async () => {
    await decided(ACME_KEY, 'b', { assignee: 'ada' })
    expect(await decided(ACME_KEY, 'b', { state: 'resolved' })).toMatchObject({ assignee: 'ada' })
    const { data } = await service.json<{ data: ErrorView[] }>('/v1/errors', 200, withKey(ACME_KEY))
    expect(data.find(({ fingerprint }) => fingerprint.startsWith('b'))).toMatchObject({
      assignee: 'ada',
      state: 'resolved',
      stateSince: expect.stringMatching(/Z$/),
    })
    expect(await decided(ACME_KEY, 'b', { assignee: null, state: 'open' })).toMatchObject({ assignee: null })
  })
})

describe('a decision', () => {
  it('holds only in its organization', async () => {
    await decided(GLOBEX_KEY, 'd', { state: 'ignored' })
    expect(await states(GLOBEX_KEY)).toEqual({ e: 'open' })
    expect(await states(ACME_KEY)).toMatchObject({ d: 'open' })
    const { data } = await service.json<{ data: ErrorView[] }>('/v1/errors')
    expect(data.find(({ fingerprint }) => fingerprint.startsWith('d'))).toMatchObject({
      state: 'open',
      count: 1,
      organizations: ['acme'],
    })
    await decided(GLOBEX_KEY, 'd', { state: 'open' })
  })

  it('of a workspace holds only in the workspace', async () => {
    expect(await states(WORKSPACE_KEY)).toEqual({ a: 'open', b: 'open' })
    expect(await decided(WORKSPACE_KEY, 'b', { state: 'resolved' })).toMatchObject({ workspaceId: 'w1' })
    expect(await states(WORKSPACE_KEY)).toMatchObject({ b: 'resolved' })
    expect(await states(ACME_KEY)).toMatchObject({ b: 'open' })
  })

  it('about a group that the caller has not seen is refused', async () => {
    for (const [key, fingerprint] of [
      [ACME_KEY, 'e'],
      [WORKSPACE_KEY, 'c'],
      [ADMIN_KEY, 'f'],
    ] as const)
      expect(await readProblem(await change(key, fingerprint, { state: 'ignored' }))).toMatchObject({
        status: 404,
        hint: expect.stringContaining('exectrail errors'),
      })
    expect((await change(ACME_KEY, 'd', { state: 'ignored' }, '?organization=globex')).status).toBe(403)
  })

  it('of an administrator is for the one organization that saw it, or the one that is named', async () => {
    expect(await decided(ADMIN_KEY, 'e', { state: 'ignored' })).toMatchObject({ organizationId: 'globex' })
    const problem = await readProblem(await change(ADMIN_KEY, 'd', { state: 'ignored' }))
    expect(problem).toMatchObject({ status: 422, errors: [{ path: 'organization' }] })
    expect(problem.detail).toContain('"acme", "globex"')
    expect(await decided(ADMIN_KEY, 'd', { assignee: 'x' }, '?organization=acme')).toMatchObject({
      organizationId: 'acme',
    })
  })

  it.each([
    ['without a change', 'a', {}],
    ['for an unknown state', 'a', { state: 'regressed' }],
    ['for a fingerprint that is none', 'g', { state: 'open' }],
  ])('is refused %s', async (_, fingerprint, body) => {
    expect((await change(ACME_KEY, fingerprint, body)).status).toBe(422)
  })

  it('needs the scope write', async () => {
    const problem = await readProblem(await change(READ_KEY, 'a', { state: 'ignored' }))
    expect(problem).toMatchObject({ status: 403, detail: expect.stringContaining('scope write') })
  })
})

describe('the log of changes', () => {
  type Page = { data: AuditEntry[]; nextCursor: string | null }

  it('says who decided what, when and from where, in pages', async () => {
    const first = await service.json<Page>('/v1/audit?limit=4')
    const rest = await service.json<Page>(`/v1/audit?cursor=${first.nextCursor ?? ''}`)
    const all = [...first.data, ...rest.data]
    expect(rest.nextCursor).toBeNull()
    expect(all.map(({ id }) => Number(id))).toEqual(all.map((_, index) => all.length - index))
    expect(all.at(-1)).toMatchObject({
      actor: { name: 'acme', address: '127.0.0.1' },
      action: 'error.resolve',
      subject: 'c'.repeat(16),
      organizationId: 'acme',
      detail: { state: 'resolved', before: null },
    })
    expect(Math.abs(Date.parse(first.data[0]?.at ?? '') - Date.now())).toBeLessThan(60_000)
    const assigned = await service.json<Page>('/v1/audit?action=error.assign&organization=acme')
    expect(assigned.data.map(({ detail }) => detail)).toMatchObject([{ assignee: 'x' }, { assignee: 'ada' }])
  })

  it('is for administrators, and holds no change that was refused', async () => {
    expect((await service.ask('/v1/audit', withKey(ACME_KEY))).status).toBe(403)
    const refused = await service.json<Page>(`/v1/audit?subject=${'f'.repeat(16)}`)
    expect(refused.data).toEqual([])
  })
})
