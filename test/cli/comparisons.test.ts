import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startAskedService, type AskedService } from '../support/asked-service.ts'
import { makeRecord } from '../support/records.ts'

let asked: AskedService
beforeAll(async () => {
  asked = await startAskedService([
    ...Array.from({ length: 12 }, () => makeRecord({ codeAgentId: 'asked' })),
    makeRecord({
      codeAgentId: 'hostile \u001b[2J',
      outcome: 'failure',
      success: false,
      errorType: 'exception',
      errorMessage: 'Error: \u001b]0;owned\u0007\nsecond line \u202e',
      errorFingerprint: '0123456789abcdef',
    }),
  ])
})
afterAll(() => asked.stop())

describe('stats by group, errors and compare', () => {
  it('group executions and compare them with the window before', async () => {
    const table = (await asked.ask('stats', '--since', '1h', '--compare')).stdout
    expect(table).toMatch(/asked +12 +100 %.*\+12/)
    expect(table).toMatch(/\(all\)/)
    const found = await asked.askJson('stats', '--by', 'outcome,runtime', '--where', 'codeAgentId=asked')
    expect(found.groups).toMatchObject([{ key: { outcome: 'success', runtime: 'subprocess' }, count: 12 }])
  })

  it.each(['.', '..', 'a/b'])('measure agent %s', async (agent) => {
    await asked.insert([makeRecord({ codeAgentId: agent, outcome: 'cancelled', success: false })])
    expect((await asked.ask('stats', agent)).stdout).toMatch(/\b1\b.* 0 %/)
  })

  it('list what goes wrong, with hostile text escaped', async () => {
    const { stdout } = await asked.ask('errors')
    expect(stdout).toMatch(/1 +new .*hostile .*Error: /)
    expect(stdout).not.toContain('\u001b]0;')
    expect((await asked.askJson('errors', '--search', 'no such text')).data).toEqual([])
  })

  it('say what sets failures apart, and what to give for a comparison', async () => {
    const { stdout } = await asked.ask('compare', '--a', 'outcome=failure', '--b', 'codeAgentId=asked')
    expect(stdout).toMatch(/a: 1 executions, b: 12\n/)
    expect(stdout).toMatch(/codeAgentId +asked +0 % +100 %/)
    const versions = await asked.ask('compare', 'asked', '1', '2')
    expect(versions.stdout).toMatch(/executions +0 +0/)
    const refused = await asked.run(['compare'])
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('say what to compare')])
    const span = await asked.askJson('compare', '--since', '1h', '--before', '1d')
    expect([span.a.count > 0, span.b.count, span.b.window.to]).toEqual([true, 0, span.a.window.from])
  })
})
