import { afterAll, describe, expect, it } from 'vitest'
import { closeMade, make, makeForking } from '../support/forking.ts'
import { makeRequest, record } from '../support/run-recorder.ts'

afterAll(closeMade)

const PROGRAMS = {
  bash: 'echo ran',
  python: 'print("ran")',
  javascript:
    'import("node:fs/promises").then(({ readFile }) => readFile("/dev/null")).then(() => console.log("ran"))',
  typescript: 'console.log("ran" as string)',
} as const

describe('a program that may be one process', () => {
  it.each(['javascript', 'typescript'] as const)('runs in %s', async (language) => {
    for (const pids of [1, 2, 5]) {
      const request = makeRequest(language, PROGRAMS[language], { limits: { pids } })
      const { exit, stdout } = await record(make({ pool: { cap: 0 } }), request)
      expect([exit.limit, exit.fault, stdout]).toEqual([null, null, 'ran\n'])
    }
  })

  it.each(['bash', 'python'] as const)('runs in %s, forked and from nothing', async (language) => {
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

describe('a program that may have few files open', () => {
  it.each(['bash', 'python', 'javascript', 'typescript'] as const)('runs in %s', async (language) => {
    const request = makeRequest(language, PROGRAMS[language], { limits: { openFiles: 16 } })
    const { exit, stdout } = await record(make({ pool: { cap: 0 } }), request)
    expect([exit.limit, exit.fault, stdout]).toEqual([null, null, 'ran\n'])
  })

  it('in JavaScript has no more than that beside those of Node', async () => {
    const code =
      'const fs = require("fs")\nconst open = []\ntry { for (;;) open.push(fs.openSync("/dev/null")) } catch (error) { console.log(error.code, open.length > 8 && open.length < 20) }'
    const { stdout } = await record(
      make({ pool: { cap: 0 } }),
      makeRequest('javascript', code, { limits: { openFiles: 16 } }),
    )
    expect(stdout).toBe('EMFILE true\n')
  })
})
