/** The deadline and the reading of all pipes begin when the code is handed over, not when it runs. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { localOptions } from '../support/local-runtime.ts'
import { toyExecutor } from '../support/toy-executor.ts'

const runtimes: Record<'subprocess' | 'vm2', Runtime> = {
  subprocess: subprocess(localOptions()),
  vm2: vm2(localOptions()),
}
afterAll(() => Promise.all(Object.values(runtimes).map((runtime) => runtime.close())))

const run = (runtime: 'subprocess' | 'vm2', language: Language, code: string, timeoutMs = 60_000) =>
  toyExecutor(runtimes[runtime]).execute({ runtime, language, code, limits: { timeoutMs } })

const LONG = 'a'.repeat(200_000)

describe('a syntax error in a line longer than a pipe holds', () => {
  it.each([
    ['subprocess', 'python', `x = "${LONG}" )`],
    ['subprocess', 'bash', `x="${LONG}" )`],
    ['subprocess', 'javascript', `const x = "${LONG}" )`],
    ['subprocess', 'typescript', `const x: string = "${LONG}" )`],
    ['vm2', 'javascript', `const x = "${LONG}" )`],
    ['vm2', 'typescript', `const x: string = "${LONG}" )`],
  ] as const)('is reported at once by %s %s', async (runtime, language, code) => {
    for (let time = 0; time < 2; time += 1) {
      const result = await run(runtime, language, code)
      expect(result).toMatchObject({ outcome: 'failure', errorType: 'syntax_error', durationMs: 0 })
    }
  })

  it('is on stderr completely', async () => {
    expect((await run('subprocess', 'python', `x = "${LONG}" )`)).stderrBytes).toBeGreaterThan(200_000)
  })
})

/** Each constant has the hash of all others, so that Python compares it with each. */
const COLLIDING = `x = [${Array.from({ length: 60_000 }, (_, at) => String((2n ** 61n - 1n) * BigInt(at + 1))).join(',')}]`
/** The parser of vm2 looks for each name among all names before it. */
const NAMES = `async () => 1;${Array.from({ length: 150_000 }, (_, at) => `let a${at};`).join('')}`

describe('code that takes long to compile', () => {
  it.each([
    ['subprocess', 'python', COLLIDING],
    ['vm2', 'javascript', NAMES],
  ] as const)('ends at the deadline, as start-up: %s %s', async (runtime, language, code) => {
    await run(runtime, language, '1') // the first start is slow
    const result = await run(runtime, language, code, 800)
    expect(result).toMatchObject({ outcome: 'timeout', errorType: 'timeout', durationMs: 0, stdout: '' })
    expect(result.startupMs).toBeGreaterThan(750)
    expect(result.startupMs).toBeLessThan(8000)
    expect(result.cpuMs).toBeGreaterThan(200)
  })
})

describe('code the compiler cannot take', () => {
  it.each([
    ['subprocess', 'python', `x = ${'('.repeat(5000)}${')'.repeat(5000)}`],
    ['subprocess', 'python', `x = ${'-'.repeat(300_000)}1`],
    ['subprocess', 'python', `x = 1${'+1'.repeat(300_000)}`],
    ['subprocess', 'javascript', `${'['.repeat(100_000)}1`],
    ['subprocess', 'bash', '( '.repeat(100_000)],
    ['vm2', 'javascript', `${'['.repeat(100_000)}1`],
  ] as const)('is a failure of %s %s, and none of ours: %.20s', async (runtime, language, code) => {
    const result = await run(runtime, language, code, 10_000)
    expect(result.outcome, result.errorMessage ?? '').toBe('failure')
    expect(result.cpuMs).toBeGreaterThan(0)
    expect(result.memoryPeakBytes).toBeGreaterThan(0)
  })
})

describe('what is printed before the executor hears that the program runs', () => {
  it.each([
    ['javascript', `process.stdout.write('x'.repeat(3_000_000)); process.exit()`],
    ['python', 'import os\nos.write(1, b"x" * 3_000_000)'],
    ['bash', 'head -c 3000000 /dev/zero'],
  ] as const)('is complete in the output: %s', async (language, code) => {
    for (let time = 0; time < 3; time += 1)
      expect(await run('subprocess', language, code)).toMatchObject({
        outcome: 'success',
        stdoutBytes: 3_000_000,
      })
  })
})
