import { afterAll, describe, expect, it } from 'vitest'
import { closeMade, makeForking } from '../support/forking.ts'
import { makeRequest, record } from '../support/run-recorder.ts'

afterAll(closeMade)

describe('a program that may be few processes', () => {
  it('leaves its place to the next, whatever limit it had', async () => {
    const runtime = await makeForking('bash', 'true')
    for (let pids = 1; pids < 6; pids += 1) {
      await record(runtime, makeRequest('bash', 'true | true', { limits: { pids } }))
      const { stdout } = await record(runtime, makeRequest('bash', 'echo ran'))
      expect([pids, stdout]).toEqual([pids, 'ran\n'])
    }
  })
})
