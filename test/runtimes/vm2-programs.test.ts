/** What programs may expect of vm2 beyond the contract. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { localOptions } from '../support/local-runtime.ts'
import { makeRequest, record, type Recording } from '../support/run-recorder.ts'

const runtime = vm2(localOptions())
afterAll(() => runtime.close())

const run = (language: Language, code: string): Promise<Recording> =>
  record(runtime, makeRequest(language, code))

describe('programs in vm2', () => {
  it.each<[Language, string]>([
    ['javascript', 'const two = await Promise.resolve(2)\nfunction main() { return two }'],
    ['typescript', 'const two: number = await Promise.resolve(2)\nfunction main(): number { return two }'],
  ])('may wait at the top level of a script in %s', async (language, code) => {
    const { exit } = await run(language, code)
    expect(exit).toMatchObject({ result: '2', uncaught: null, exitCode: 0 })
  })
  it('are told what to do instead where a module waits at its top level', async () => {
    const { exit } = await run('typescript', 'const two = await 2\nexport const main = (): number => two')
    expect(exit).toMatchObject({ syntaxError: true, result: null })
    expect(exit.uncaught?.message).toContain('move it into main, or use runtime "subprocess"')
    expect(exit.uncaught?.stack).toContain('main.ts:1')
    expect(exit.uncaught?.stack).not.toContain('cjs')
  })
  it('fail of an async function that nobody handles', async () => {
    const { exit } = await run('javascript', '(async () => { throw new TypeError("nobody") })()')
    expect(exit).toMatchObject({ exitCode: 1, uncaught: { name: 'TypeError', message: 'nobody' } })
  })
})
