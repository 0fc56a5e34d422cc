/** Programs for vm2 as people write them, where vm2 by itself would answer otherwise. */
import { afterAll, describe, expect, it } from 'vitest'
import type { ExecutionRequest, ExecutionResult } from '../../src/execution.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { localOptions } from '../support/local-runtime.ts'
import { toyExecutor } from '../support/toy-executor.ts'

const runtime = vm2(localOptions())
afterAll(() => runtime.close())

function run(
  language: ExecutionRequest['language'],
  code: string,
  input?: unknown,
): Promise<ExecutionResult> {
  return toyExecutor(runtime).execute({ runtime: 'vm2', language, code, input })
}

describe('an unhandled rejection in vm2', () => {
  it.each([
    "Promise.reject(new RangeError('stray'))",
    "new Promise((_, reject) => reject(new RangeError('stray')))",
    "new Promise(() => { throw new RangeError('stray') })",
    "Promise.resolve().then(() => { throw new RangeError('stray') })",
    "Promise.all([1, Promise.reject(new RangeError('stray'))])",
    "const { reject } = Promise.withResolvers(); reject(new RangeError('stray'))",
    "(async () => { throw new RangeError('stray') })()",
    "exports.main = () => { Promise.reject(new RangeError('stray')); return 1 }",
    "setTimeout(() => { Promise.reject(new RangeError('stray')) }, 1)",
  ])('is an exception: %s', async (code) => {
    const result = await run('javascript', `// first line\n${code}`)
    expect(result).toMatchObject({
      outcome: 'failure',
      errorType: 'exception',
      errorMessage: 'RangeError: stray',
      result: null,
      exitCode: 1,
    })
    expect(result.errorStack).toMatch(/^RangeError: stray\n\s+at .*main\.js:2:/)
  })

  it.each([
    "Promise.reject(new Error('x')).catch(() => {})",
    "const p = Promise.reject(new Error('x')); p.catch(() => {})",
    "Promise.allSettled([Promise.reject(new Error('x'))])",
    "Promise.any([Promise.reject(new Error('x')), 1])",
    "Promise.race([1, Promise.reject(new Error('x'))])",
    "(async () => { try { await Promise.reject(new Error('x')) } catch {} })()",
    "(async () => { const p = Promise.reject(new Error('x')); try { await p } catch {} })()",
  ])('does not fail a program that handles it: %s', async (code) => {
    expect(await run('javascript', code)).toMatchObject({ outcome: 'success', stderr: '' })
  })
})

describe('await at the top level of a script in vm2', () => {
  it.each([
    ['javascript', 'const two = await Promise.resolve(2)\nfunction main() { return two }'],
    ['typescript', 'const two: number = await Promise.resolve(2)\nfunction main(): number { return two }'],
  ] as const)('runs in %s', async (language, code) => {
    expect(await run(language, code)).toMatchObject({ outcome: 'success', result: 2 })
  })
})

describe('await at the top level of a module in vm2', () => {
  it.each([
    ['javascript', 'const base = await Promise.resolve(40)\nexport const main = async (n) => base + n'],
    ['javascript', 'export default async function main(n) { return base + n }\nconst base = await 40'],
    ['javascript', 'const base = await 40\nconst go = (n) => base + n\nexport { go as main }'],
    ['javascript', 'const base = await 40\nexport default { main: (n) => base + n }'],
    [
      'typescript',
      'enum Base { Here = 40 }\nconst base: number = await Promise.resolve(Base.Here)\nexport type N = number\nexport async function main(n: N): Promise<number> {\n  return base + n\n}',
    ],
    [
      'typescript',
      'const text = `\nexport {\n};\n`\nawait text\nexport const main = (n: number): number => n + 40',
    ],
  ] as const)('runs: %s %s', async (language, code) => {
    expect(await run(language, code, 2)).toMatchObject({ outcome: 'success', result: 42 })
  })

  it('keeps the lines of the user', async () => {
    const code =
      'interface Gone {\n  a: string\n}\nawait 1\nexport function main(): never {\n  throw new TypeError("here")\n}'
    const result = await run('typescript', code)
    expect(result).toMatchObject({ errorMessage: 'TypeError: here' })
    expect(result.errorStack).toContain('main.ts:6:9')
  })

  it('with an import is refused with a word on where it would run', async () => {
    const result = await run(
      'typescript',
      'import fs from "node:fs"\nexport const x = await fs.promises.readFile("x")',
    )
    expect(result).toMatchObject({ outcome: 'failure', errorType: 'syntax_error' })
    expect(result.errorMessage).toContain('the subprocess runtime has')
  })
})

describe('the console of vm2', () => {
  it('shows values and formats lines as Node does', async () => {
    const code = `console.log(new Date(0), new Map([['k', 1]]), new Set([1]), /x/g, [, 1], new (class Point { x = 1 })())
console.log('%s took %d ms', 'load', 12)
console.table([{ a: 1, b: 'x' }])
console.group('group'); console.dir({ a: { b: { c: {} } } }, { depth: 0 }); console.groupEnd()
console.count(); console.assert(true); console.assert(false, 'not %s', 'so')`
    expect(await run('javascript', code)).toMatchObject({
      outcome: 'success',
      stdout: `1970-01-01T00:00:00.000Z Map(1) { 'k' => 1 } Set(1) { 1 } /x/g [ <1 empty item>, 1 ] Point { x: 1 }
load took 12 ms
┌─────────┬───┬─────┐
│ (index) │ a │ b   │
├─────────┼───┼─────┤
│ 0       │ 1 │ 'x' │
└─────────┴───┴─────┘
group
  { a: [Object] }
default: 1
`,
      stderr: 'Assertion failed: not so\n',
    })
  })
  it('shows errors with the lines of the program', async () => {
    const { stdout } = await run('javascript', '\nconsole.log(new TypeError("shown", { cause: 1 }))')
    expect(stdout).toBe('TypeError: shown\n    at main.js:2:13 {\n  [cause]: 1\n}\n')
  })
})
