/** An interpreter that waits runs a program of ours first; the user's program finds nothing of it. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { descendants } from '../support/descendants.ts'
import { closeMade, make } from '../support/forking.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import { waitFor } from '../support/wait.ts'

afterAll(closeMade)

const PROGRAMS = {
  javascript: `
import { readdirSync } from 'node:fs'
const names = (value) => Reflect.ownKeys(value).map(String).filter((name) => !name.startsWith('exectrail_')).sort()
console.log(names(globalThis), process.argv.length, process.cwd(), readdirSync('.'), names(process.env))
console.log(process.eventNames().map((name) => [String(name), process.listenerCount(name)]), process.exitCode)
console.log(readdirSync('/tmp'), readdirSync('/dev/shm'), import.meta.url, new Error('here').stack.split('\\n').length)
export const main = (input) => input`,
  python: `
import builtins, os, signal, sys
print(sys.argv, sys.path, __name__, __file__, sorted(globals()), sorted(vars(builtins)), sys.modules["__main__"].__name__)
print(os.getcwd(), os.listdir("."), os.listdir("/tmp"), os.listdir("/dev/shm"), sorted(os.environ), sorted(os.listdir("/proc/self/fd")))
for stream in (sys.stdin, sys.stdout, sys.stderr):
    print(stream, stream.line_buffering, stream.write_through, stream.errors)
print(signal.pthread_sigmask(signal.SIG_BLOCK, []), signal.getsignal(signal.SIGINT), sys.gettrace())
def main(input):
    return input`,
} as const

/** True once an interpreter waits for a program. */
const isWaiting = (): boolean =>
  descendants().some(({ command }) =>
    /\/run\/exectrail\/(?:javascript\.cjs|python\.pyc?)|fork-server\.py/.test(command),
  )

async function show(runtime: Runtime, language: keyof typeof PROGRAMS): Promise<string> {
  const { exit, stdout, stderr } = await record(
    runtime,
    makeRequest(language, PROGRAMS[language], { input: '[1]' }),
  )
  expect([stderr, exit.result, exit.fault]).toEqual(['', '[1]', null])
  return stdout
}

describe.each(['javascript', 'python'] as const)('%s that has waited', (language) => {
  it('shows a program what one shows that was started for it', async () => {
    const expected = await show(make({ pool: { cap: 0 }, forkServer: 'off' }), language)
    const runtime = make({ pool: { floor: 1, cap: 1 } })
    for (let run = 0; run < 6; run += 1) {
      expect(await show(runtime, language)).toBe(expected)
      await waitFor(isWaiting, { what: 'a waiting interpreter' })
    }
  })
})
