import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { bash, controlOf } from '../support/async-executions.ts'
import { ACME_KEY, GLOBEX_KEY, readProblem, withKey } from '../support/service.ts'
import { waitFor } from '../support/wait.ts'

const PER_ORGANIZATION = 500

let stack: ApiStack
let execution: string
beforeAll(async () => {
  stack = await startApiStack()
  execution = await control.begin(bash('echo begun; sleep 600'))
  await control.inPhase(execution, 'running')
})
afterAll(async () => {
  await control.cancel(execution)
  await stack.stop()
})

const control = controlOf(() => stack.service)

describe.each([
  ['live events', () => '/v1/live'],
  ['the output of an execution', () => `/v1/executions/${execution}/output`],
])('a stream of %s', (_what, path) => {
  it('is given to so many readers of an organization at once, and to others all the same', async () => {
    const gone = new AbortController()
    const open = (): Promise<Response> =>
      stack.service.ask(path(), { ...withKey(ACME_KEY), signal: gone.signal })
    const answers = await Promise.all(Array.from({ length: PER_ORGANIZATION }, open))
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]))
    const refused = await open()
    expect(refused.headers.get('Retry-After')).toBe('5')
    expect(await readProblem(refused)).toMatchObject({ status: 429, code: 'capacity' })
    const other = await stack.service.ask(path(), { ...withKey(GLOBEX_KEY), method: 'HEAD' })
    expect(other.status).not.toBe(429)
    gone.abort()
    const isFree = async (): Promise<boolean> =>
      (await stack.service.ask(path(), { ...withKey(ACME_KEY), method: 'HEAD' })).status === 200
    await waitFor(isFree, { what: 'a free place' })
  })

  it('holds no place for HEAD, whose reply has no body', async () => {
    const head = { ...withKey(ACME_KEY), method: 'HEAD' }
    for (let asked = 0; asked <= PER_ORGANIZATION; asked += 1)
      expect((await stack.service.ask(path(), head)).status).toBe(200)
  })
})
