import { afterAll, describe, expect, it } from 'vitest'
import { closeMade, make, makeForking } from '../support/forking.ts'
import { makeRequest, record } from '../support/run-recorder.ts'

afterAll(closeMade)

const PROGRAMS = { bash: 'echo ran', python: 'print("ran")' } as const

describe('a program that may be one process', () => {
  const languages = ['bash', 'python'] as const

  it.each(languages)('runs in %s, forked and from nothing', async (language) => {
    const request = makeRequest(language, PROGRAMS[language], { limits: { pids: 1 } })
    const forking = await makeForking(language, PROGRAMS[language])
    for (const runtime of [make({ pool: { cap: 0 } }), forking]) {
      const { exit, stdout } = await record(runtime, request)
      expect([exit.limit, exit.fault, stdout]).toEqual([null, null, 'ran\n'])
    }
  })

  it('reaches its limit with the second', async () => {
    const forking = await makeForking('bash', 'true')
    for (const runtime of [make({ pool: { cap: 0 } }), forking]) {
      const { exit } = await record(runtime, makeRequest('bash', 'sleep 9 & wait', { limits: { pids: 1 } }))
      expect(exit.limit).toBe('pids')
    }
  })

  it('leaves its place to the next, whatever limit it had', async () => {
    const runtime = await makeForking('bash', 'true')
    for (let pids = 1; pids < 6; pids += 1) {
      await record(runtime, makeRequest('bash', 'true | true', { limits: { pids } }))
      const { stdout } = await record(runtime, makeRequest('bash', 'echo ran'))
      expect([pids, stdout]).toEqual([pids, 'ran\n'])
    }
  })
})
