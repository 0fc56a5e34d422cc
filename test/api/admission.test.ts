import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createExecutor, type Executor } from '../../src/executor/executor.ts'
import type { Store } from '../../src/store/client.ts'
import { bash, controlOf } from '../support/async-executions.ts'
import { offlineConfig } from '../support/configuration.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'
import { recordingTrail } from '../support/recording-trail.ts'
import {
  absentStore,
  ACME_KEY,
  GLOBEX_KEY,
  readProblem,
  startService,
  withKey,
  type TestService,
} from '../support/service.ts'

let home: TemporaryDirectory
let executor: Executor
let store: Store
let service: TestService

beforeAll(async () => {
  home = await temporaryDirectory()
  const perOrganization = { concurrency: 1, queueLimit: 2, rate: { count: 5, perMs: 3_600_000 } }
  executor = await createExecutor({
    config: { ...offlineConfig(home.path), perOrganization },
    trail: recordingTrail(),
  })
  store = absentStore()
  service = await startService({ store, executor })
})
afterAll(async () => {
  await service.close()
  await store.close()
  await executor.close(0)
  await home[Symbol.asyncDispose]()
})

const { begin, get, inPhase, cancel, ended } = controlOf(() => service)
const run = (key: string): Promise<Response> =>
  service.post('/v1/executions', bash('true'), withKey(key).headers)

describe('an organization with limits of its own', () => {
  it('runs as many as it may, lets as many wait, and says when to try again', async () => {
    const first = await begin(bash('sleep 60'))
    await inPhase(first, 'running')
    const waiting = [await begin(bash('sleep 60')), await begin(bash('sleep 60'))]
    expect((await get(waiting[1] ?? '')).body).toMatchObject({ phase: 'queued', queuePosition: 2 })
    const refused = await run(ACME_KEY)
    expect(refused.headers.get('Retry-After')).toBe('1')
    expect(await readProblem(refused)).toMatchObject({
      status: 429,
      code: 'capacity',
      detail: '1 executions of this organization run and 2 may wait; its queue is full',
    })
    // Another organization has its own places.
    expect((await run(GLOBEX_KEY)).status).toBe(200)
    for (const id of [...waiting, first]) await cancel(id)
    for (const id of [...waiting, first]) await ended(id)
  })

  it('begins no more in a period than it may', async () => {
    expect((await run(ACME_KEY)).status).toBe(200)
    expect((await run(ACME_KEY)).status).toBe(200)
    const refused = await run(ACME_KEY)
    const wait = Number(refused.headers.get('Retry-After'))
    expect(wait).toBeGreaterThan(600)
    expect(wait).toBeLessThanOrEqual(720)
    expect(await readProblem(refused)).toMatchObject({
      status: 429,
      code: 'rate_limited',
      detail: 'this organization may begin 5 executions in 3600 s',
    })
    expect((await run(GLOBEX_KEY)).status).toBe(200)
  })
})
