/** How errors are reported: whole as far as anyone reads, bounded whatever the program did before it failed. */
import { afterAll, describe, expect, it } from 'vitest'
import type { ExecutionRequest, ExecutionResult } from '../../src/execution.ts'
import type { Runtime } from '../../src/runtimes/runtime.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { localOptions } from '../support/local-runtime.ts'
import { toyExecutor } from '../support/toy-executor.ts'

const runtimes: Record<'subprocess' | 'vm2', Runtime> = {
  subprocess: subprocess(localOptions()),
  vm2: vm2(localOptions()),
}
afterAll(async () => {
  await Promise.all(Object.values(runtimes).map((runtime) => runtime.close()))
})

function run(
  name: 'subprocess' | 'vm2',
  language: ExecutionRequest['language'],
  code: string,
): Promise<ExecutionResult> {
  const limits = { timeoutMs: 20_000, memoryMb: 1024 }
  return toyExecutor(runtimes[name]).execute({ runtime: name, language, code, limits })
}

const linesOf = (text: string | null): string[] => (text ?? '').trimEnd().split('\n')

describe('bash tells of an error', () => {
  it('where it would leave a NUL out and run something else', async () => {
    const result = await run('subprocess', 'bash', 'echo ru\0n')
    expect(result).toMatchObject({ errorType: 'syntax_error', stdout: '' })
    expect(result.errorMessage).toContain('no NUL character')
  })

  it.each([
    ['result 1; result "[2]"', 'there are 2 results; call result once'],
    ['main() { result 1; }\ntrap main EXIT', 'there are 2 results'],
    ['result hello', `not JSON: Unexpected token 'h', "hello" is not valid JSON; a text needs quotes`],
    ['result "{"; result 2', 'the result is not JSON'],
  ])('where its result is none: %s', async (code, words) => {
    const { outcome, errorMessage } = await run('subprocess', 'bash', code)
    expect([outcome, errorMessage]).toEqual(['failure', expect.stringContaining(words)])
  })
})

describe('a program of CommonJS', () => {
  it('is the main module, and has none of our frames in its stacks', async () => {
    const code = 'console.log(require.main === module, process.mainModule === module, new Error("x").stack)'
    const { stdout } = await run('subprocess', 'javascript', code)
    expect(stdout).toMatch(/^true true Error: x\n/u)
    expect(stdout).not.toContain('exectrail')
  })
})

describe('python tells of an error', () => {
  const deep = (fails: string) =>
    `import sys\nsys.setrecursionlimit(10**6)\ndef even(n):\n    return odd(n + 1)\ndef odd(n):\n    if n > 200_000:\n        ${fails}\n    return even(n + 1)\ndef main(input):\n    even(0)`

  it.each(['raise ValueError("deep")', '"deep" + 1', 'raise RecursionError("deep")'])(
    'deep in a recursion by its first and last frames: %s',
    async (fails) => {
      const result = await run('subprocess', 'python', deep(fails))
      expect(result).toMatchObject({ outcome: 'failure', errorType: 'exception', exitCode: 1 })
      const lines = linesOf(result.errorStack)
      expect(lines.slice(0, 5).join('\n')).toMatch(
        /^Traceback .*\n {2}File "main\.py", line 10, in main\n {4}even\(0\)\n {2}File "main\.py", line 4, in even\n/,
      )
      expect(lines.find((line) => line.includes('more frames'))).toBe('  [199903 more frames]')
      expect(lines).toContain('  File "main.py", line 7, in odd')
      expect(lines.length).toBeLessThan(400)
    },
  )

  it('at the end of a hundred thousand causes by the first and last of them', async () => {
    const code =
      'def main(input):\n    error = ValueError("root")\n    for n in range(100_000):\n        last = ValueError("level %d" % n)\n        last.__cause__ = error\n        error = last\n    raise error'
    const { errorStack } = await run('subprocess', 'python', code)
    expect(errorStack).toMatch(/^ValueError: root\n\nThe above exception was the direct cause/)
    expect(errorStack).toContain('\n[99981 more exceptions]\n\nThe above exception was the direct cause')
    expect(errorStack).toMatch(/line 7, in main\n {4}raise error\nValueError: level 99999\n$/)
    expect(linesOf(errorStack).length).toBeLessThan(100)
  })

  it.each([
    ['a cause', 'try:\n    {}["a"]\nexcept KeyError as error:\n    raise ValueError("b") from error'],
    ['a context', 'try:\n    {}["a"]\nexcept KeyError:\n    raise ValueError("b")'],
    ['a hidden context', 'try:\n    {}["a"]\nexcept KeyError:\n    raise ValueError("b") from None'],
    ['a group', 'raise ExceptionGroup("g", [ValueError("a"), TypeError("b")])'],
    ['a note', 'error = ValueError("a")\nerror.add_note("noted")\nraise error'],
    ['a short recursion', 'def f(n):\n    return f(n + 1)\ndef g():\n    f(0)\ng()'],
    ['no arguments', 'raise KeyError'],
    ['a circle', 'a, b = ValueError("a"), ValueError("b")\na.__cause__, b.__cause__ = b, a\nraise a'],
  ])('with %s as Python itself does', async (_what, code) => {
    const reported = await run('subprocess', 'python', code)
    const own = `import sys, traceback\nsource = ${JSON.stringify(code)}\nimport linecache\nlinecache.cache["main.py"] = (1, None, source.splitlines(True), "main.py")\ntry:\n    exec(compile(source, "main.py", "exec"), {})\nexcept BaseException as error:\n    error.__traceback__ = error.__traceback__.tb_next\n    print(traceback.format_exc(), end="")`
    const { stdout } = await run('subprocess', 'python', own)
    const uncounted = (text: string | null) => text?.replace(/repeated \d+ more/, 'repeated often')
    expect(uncounted(reported.errorStack)).toBe(uncounted(stdout))
    expect(reported.stderr).toBe(reported.errorStack)
  })

  it('shows its line also after the program changed its directory and file', async () => {
    const code =
      'import os\nos.remove("main.py")\nos.chdir("/")\ndef main(input):\n    raise ValueError("here")'
    const { errorStack } = await run('subprocess', 'python', code)
    expect(errorStack).toContain('line 5, in main\n    raise ValueError("here")\n')
  })
})

describe.each([
  ['subprocess', 'javascript'],
  ['subprocess', 'typescript'],
  ['vm2', 'javascript'],
  ['vm2', 'typescript'],
] as const)('%s %s tells of an error', (name, language) => {
  const file = language === 'typescript' ? 'main.ts' : 'main.js'

  it('deep in a recursion by its first and last frames', async () => {
    const code =
      'Error.stackTraceLimit = Infinity\nfunction f(n) {\n  return f(n + 1) + 1\n}\nexport const main = () => f(0)'
    const { errorStack } = await run(name, language, code)
    const lines = linesOf(errorStack)
    expect(lines[0]).toBe('RangeError: Maximum call stack size exceeded')
    expect(lines[1]).toMatch(new RegExp(`^    at f \\(${file}:`))
    expect(lines.some((line) => /^ {4}\[\d+ more lines\]$/.test(line))).toBe(true)
    expect(lines.at(-1)).toMatch(new RegExp(`${file}:5:\\d+`))
    expect(lines.length).toBeLessThan(250)
  })

  it('with what caused it, and at the end of many causes by the first and last', async () => {
    const code = (count: number) =>
      `export const main = () => {\n  let error = new Error('root')\n  for (let n = 0; n < ${count}; n++) error = new TypeError('level ' + n, { cause: error })\n  throw error\n}`
    const few = await run(name, language, code(1))
    expect(few.errorMessage).toBe('TypeError: level 0')
    expect(few.errorStack).toMatch(
      new RegExp(
        `^TypeError: level 0\\n.*${file}:3:\\d+\\)\\n\\[cause\\]: Error: root\\n.*${file}:2:\\d+\\)$`,
      ),
    )
    const many = await run(name, language, code(200))
    expect(many.errorStack).toContain('    [190 more causes]\n')
    expect(many.errorStack).toMatch(/^TypeError: level 199\n/)
    expect(many.errorStack).toContain('[cause]: Error: root\n')
  })

  it('with those it gathers', async () => {
    const code =
      "export const main = () =>\n  Promise.any([Promise.reject(new Error('a')), Promise.reject('b')])"
    const { errorMessage, errorStack } = await run(name, language, code)
    expect(errorMessage).toBe('AggregateError: All promises were rejected')
    expect(errorStack).toContain('[error]: Error: a\n')
    expect(errorStack).toContain('[error]: b')
  })

  it('on the first line in the column where it is', async () => {
    const { errorStack } = await run(name, language, "throw new Error('x')")
    expect(errorStack).toMatch(new RegExp(`${file}:1:7\\)?$`))
  })
})
