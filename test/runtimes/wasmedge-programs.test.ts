/** What programs may expect of WasmEdge beyond the contract. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import { wasmedge } from '../../src/runtimes/wasmedge.ts'
import { makeRequest, record, type Recording } from '../support/run-recorder.ts'
import { findUncompiled, findWasmedge, wasmedgeOptions } from '../support/wasmedge.ts'

const absent = await findWasmedge()
const runtime = wasmedge(wasmedgeOptions())
/** Where Python is interpreted, each of its runs takes seconds. */
const { python: uncompiled } = await findUncompiled()
afterAll(() => runtime.close())

const run = (
  language: Language,
  code: string,
  change: Parameters<typeof makeRequest>[2] = {},
): Promise<Recording> => record(runtime, makeRequest(language, code, change))

/** Resolves to what `main` returned. */
async function resultOf(language: Language, code: string): Promise<unknown> {
  const { exit } = await run(language, code)
  expect(exit).toMatchObject({ fault: null, uncaught: null, exitCode: 0 })
  return JSON.parse(exit.result ?? 'null') as unknown
}

/** Keeps this process from doing anything else. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

describe.skipIf(absent !== null)(`programs on WasmEdge ${absent ?? ''}`, () => {
  describe('JavaScript', () => {
    it('fails a program with an unhandled rejection', async () => {
      const { exit, stdout } = await run(
        'javascript',
        'async function lost() {\n  await null\n  throw new RangeError("nobody looks")\n}\nlost()\nsetTimeout(() => console.log("late"), 50)',
      )
      expect(exit).toMatchObject({ exitCode: 1, uncaught: { name: 'RangeError', message: 'nobody looks' } })
      expect(exit.uncaught?.stack).toContain('main.js:3')
      expect(stdout).toBe('')
    })
    it('lets a promise be handled in time', async () => {
      const code =
        'const late = Promise.reject(new Error("caught"))\nexport async function main() {\n  try { await late } catch (error) { return error.message }\n}'
      expect(await resultOf('javascript', code)).toBe('caught')
    })
    it('fails a program whose timer throws', async () => {
      const { exit } = await run('javascript', 'setTimeout(() => {\n  throw new Error("in a timer")\n}, 1)')
      expect(exit.uncaught).toMatchObject({ message: 'in a timer' })
      expect(exit.uncaught?.stack).toContain('main.js:2')
    })
    it('awaits at the top level, between imports and exports', async () => {
      const code =
        'import fs from "node:fs"\nimport { join } from "path"\nconst text = await Promise.resolve("waited")\nexport const main = async () => [text, join("a", "..", "b"), fs.existsSync("/nowhere")]'
      expect(await resultOf('javascript', code)).toEqual(['waited', 'b', false])
    })
    it('runs CommonJS', async () => {
      const code =
        'const { basename } = require("node:path")\nmodule.exports.main = () => basename("/a/b.txt", ".txt")'
      expect(await resultOf('javascript', code)).toBe('b')
    })
    it('takes syntax and methods of the years after ES2020', async () => {
      const code =
        'class Box { static made = 1; static { this.made += 1 } #held = 2; has(other) { return #held in other } }\nlet unset\nunset ??= 3\nexport const main = () => [Box.made, new Box().has({}), unset, [1, 2].at(-1), Object.groupBy([1, 2, 3], (n) => (n % 2 ? "odd" : "even"))]'
      expect(await resultOf('javascript', code)).toEqual([2, false, 3, 2, { odd: [1, 3], even: [2] }])
    })
    it('shows values on the console as Node does', async () => {
      const { stdout } = await run(
        'javascript',
        'console.log({ a: [1, "two"], m: new Map([["k", null]]) }, Buffer.from("hé"), "%s", 5)\nconsole.log("%d of %s", 1, "two")',
      )
      expect(stdout).toBe("{ a: [ 1, 'two' ], m: Map(1) { 'k' => null } } <Buffer 68 c3 a9> %s 5\n1 of two\n")
    })
    it('keeps the exit code set while timers are still to run', async () => {
      const { exit, stdout } = await run(
        'javascript',
        'process.exitCode = 5\nsetTimeout(() => console.log("ran"), 5)',
      )
      expect(exit).toMatchObject({ exitCode: 5, uncaught: null })
      expect(stdout).toBe('ran\n')
    })
    it('waits for a timer that is due in the turn in which it looks whether anything is left', async () => {
      const code =
        'export async function main() {\n  await new Promise((resolve) => setTimeout(resolve, 1))\n  return "waited"\n}'
      // Without that one in thirty fails on a busy machine.
      const results = await Promise.all(Array.from({ length: 40 }, () => resultOf('javascript', code)))
      expect(results).toEqual(results.map(() => 'waited'))
    })
    it('fails a main whose last timer is cleared and that cannot settle then', async () => {
      const code =
        'export async function main() {\n  const timer = setTimeout(() => 1, 60_000)\n  await null\n  clearTimeout(timer)\n  await new Promise(() => undefined)\n}'
      const { exit } = await run('javascript', code)
      expect(exit.uncaught).toMatchObject({ message: 'the promise of main never settled' })
    })
    it('reports a rejection that is made while the result is read, whatever became of setTimeout', async () => {
      const code =
        'export function main() {\n  globalThis.setTimeout = undefined\n  return { toJSON: () => { Promise.reject(new Error("lost")); return 1 } }\n}'
      const { exit } = await run('javascript', code)
      expect(exit).toMatchObject({ result: null, uncaught: { message: 'lost' } })
    })
    it('calls a trap what it is', async () => {
      const { exit, stdout } = await run(
        'javascript',
        'console.log("before")\nfunction deeper(n) { return deeper(n + 1) + 1 }\ndeeper(0)',
      )
      expect(exit.uncaught).toMatchObject({ name: 'Trap' })
      expect(exit.uncaught?.message).toMatch(/^WebAssembly trap: \S/)
      expect(exit).toMatchObject({ limit: null, fault: null })
      expect(stdout).toBe('before\n')
    })
  })

  describe('TypeScript', () => {
    it('names the lines of what was written, not of what was run', async () => {
      const code =
        'interface Given {\n  n: number\n}\nenum Kind { A = 1 }\n\nasync function inner(given: Given): Promise<never> {\n  await null\n  throw new TypeError(`${given.n} ${Kind.A}`)\n}\nexport async function main(): Promise<void> {\n  await inner({ n: 7 })\n}'
      const { exit, stderr } = await run('typescript', code)
      expect(exit.uncaught).toMatchObject({ name: 'TypeError', message: '7 1' })
      expect(exit.uncaught?.stack).toContain('main.ts:8')
      expect(stderr).toContain('main.ts:8')
    })
  })

  describe.skipIf(uncompiled !== undefined)(`Python ${uncompiled ?? ''}`, () => {
    it('runs asyncio without sockets and threads', async () => {
      const code =
        'import asyncio\nasync def wait(n):\n    await asyncio.sleep(0.001 * n)\n    return n\nasync def main(input):\n    both = await asyncio.gather(wait(2), wait(1))\n    return both + [await asyncio.to_thread(len, "abc")]'
      expect(await resultOf('python', code)).toEqual([2, 1, 3])
    })
    it('says where in a result JSON gives out', async () => {
      const { exit } = await run('python', 'def main(input):\n    return {"a": [1, {2}]}')
      expect(exit.uncaught?.message).toBe(
        "main returned a value JSON cannot carry: the result['a'][1] is of type set",
      )
    })
  })

  it('delivers a complete result to a process that is busy when the program ends', async () => {
    // Between them these fill the pipes on the way so that the guest ends while its last bytes are being carried.
    const sizes = Array.from({ length: 8 }, (_, index) => 100_000 + index * 40_000)
    for (const size of sizes) {
      const request = makeRequest('javascript', `export const main = () => 'x'.repeat(${size})`)
      const { exit } = await record(runtime, request, { onRunning: () => block(150) })
      expect(exit).toMatchObject({ fault: null, exitCode: 0 })
      expect(exit.result?.length).toBe(size + 2)
    }
  })
  it('runs ten at once without one failing', async () => {
    const second: Language = uncompiled === undefined ? 'python' : 'typescript'
    const languages: Language[] = ['javascript', 'python', 'typescript', 'javascript', second]
    const codes: Record<string, string> = {
      javascript: 'export const main = (input) => input * 2',
      typescript: 'export const main = (input: number): number => input * 2',
      python: 'def main(input):\n    return input * 2',
    }
    const runs = await Promise.all(
      [...languages, ...languages.with(1, second)].map((language, index) =>
        run(language, codes[language] ?? '', { input: String(index) }),
      ),
    )
    expect(runs.map(({ exit }) => exit.result)).toEqual(runs.map((_, index) => String(index * 2)))
  })
})
