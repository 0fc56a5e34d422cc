/** Code as people write it: forms that are common and easy to get wrong. */
import { afterAll, describe, expect, it } from 'vitest'
import { InvalidRequestError } from '../../src/errors.ts'
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
  language: ExecutionRequest['language'],
  code: string,
  request: Partial<ExecutionRequest> = {},
): Promise<ExecutionResult> {
  const name = request.runtime === 'vm2' ? 'vm2' : 'subprocess'
  return toyExecutor(runtimes[name]).execute({ runtime: name, language, code, ...request })
}

describe.each(['subprocess', 'vm2'] as const)('javascript in %s', (runtime) => {
  it.each(['exports.main = () => new Promise(() => {})', 'await new Promise(() => {})'])(
    'that waits for what never comes is a failure: %s',
    async (code) => {
      expect(await run('javascript', code, { runtime })).toMatchObject({
        outcome: 'failure',
        errorType: 'exception',
        errorMessage: expect.stringContaining('never settled'),
      })
    },
  )

  it.each([
    ['{ a: [1, { b: undefined }] }', 'the result.a[1].b is undefined'],
    ['[undefined]', 'the result[0] is undefined'],
    ['{ f() {} }', 'the result.f is a function'],
    ['{ a: NaN }', 'the result.a is NaN'],
    ['[1, , 3]', 'the result[1] is a hole'],
    ['{ a: [Symbol(1)] }', 'the result.a[0] is a symbol'],
    ['{ s: Symbol(1) }', 'the result.s is a symbol'],
    ['new Map([[1, 2]])', 'the result is a Map'],
    ['{ seen: new Set([1]) }', 'the result.seen is a Set'],
  ])('that returns %s says what JSON cannot carry', async (value, words) => {
    const result = await run('javascript', `exports.main = () => (${value})`, { runtime })
    expect(result).toMatchObject({ outcome: 'failure', result: null })
    expect(result.errorMessage).toContain(words)
  })

  it('may begin with a shebang', async () => {
    const code = '#!/usr/bin/env node\nexports.main = () => 1'
    expect(await run('javascript', code, { runtime })).toMatchObject({ outcome: 'success', result: 1 })
  })
})

describe.each(['subprocess', 'vm2'] as const)('a default export in %s', (runtime) => {
  it.each([
    ['javascript', 'export default (input) => input + 1'],
    ['javascript', 'export default async function (input) { return input + 1 }'],
    ['javascript', 'export default async function handler(input) { return input + 1 }'],
    ['javascript', 'module.exports = (input) => input + 1'],
    ['javascript', 'const base = await 1\nexport default (input) => input + base'],
    ['javascript', 'export default () => 0\nexport const main = (input) => input + 1'],
    ['typescript', 'export default (input: number): number => input + 1'],
    ['typescript', 'export default async function (input: number): Promise<number> { return input + 1 }'],
    ['typescript', 'export = (input: number): number => input + 1'],
  ] as const)('is called: %s %s', async (language, code) => {
    expect(await run(language, code, { runtime, input: 41 })).toMatchObject({
      outcome: 'success',
      result: 42,
    })
  })

  it.each(['export default class { constructor() { throw new Error() } }', 'module.exports = class Main {}'])(
    'that is a class is not: %s',
    async (code) => {
      expect(await run('javascript', code, { runtime })).toMatchObject({ outcome: 'success', result: null })
    },
  )
})

describe.each(['subprocess', 'vm2'] as const)('typescript in %s', (runtime) => {
  it.each([
    'class A { accessor x = 42 }\nexport const main = (): number => new A().x',
    'function twice(value: unknown, _context: unknown) { return value }\n@twice class A { x = 42 }\nexport default { main: (): number => new A().x }',
    'namespace N { export const v = 42 }\nexport default function main(): number { return N.v }',
    'import type { Foo } from "nowhere"\nconst a = { v: 42 } satisfies { v: number }\nexport const main = (_: Foo): number => a.v',
    'export = { main: (): number => 42 }',
  ])('runs: %s', async (code) => {
    expect(await run('typescript', code, { runtime })).toMatchObject({ outcome: 'success', result: 42 })
  })

  it('refuses JSX', async () => {
    const code = 'export const main = () => <div>hi</div>'
    expect(await run('typescript', code, { runtime })).toMatchObject({ errorType: 'syntax_error' })
  })
})

describe('bash', () => {
  it('that gives two results fails and says so, without a third', async () => {
    expect(await run('bash', 'main() { result 1; result 2; }')).toMatchObject({
      outcome: 'failure',
      result: null,
      errorMessage: expect.stringContaining('there are 2 results') as string,
    })
  })
})

describe('a result of bash', () => {
  it('that is no UTF-8 is refused, not changed', async () => {
    expect(await run('bash', `main() { printf '"\\xff"' >&3; }`)).toMatchObject({
      outcome: 'failure',
      errorMessage: 'ResultError: the result is not UTF-8',
      result: null,
    })
  })
})

describe('python', () => {
  it.each([
    ['exit()', 0],
    ['quit(3)', 3],
    ['def main(input):\n    exit(4)', 4],
  ])('ends by %s', async (code, exitCode) => {
    expect(await run('python', code)).toMatchObject({ exitCode })
  })

  it.each([
    'def main():\n    print("ran")\nif __name__ == "__main__":\n    main()',
    'import asyncio\nasync def main():\n    print("ran")\nasyncio.run(main())',
  ])('that calls its own main() is a plain script: %s', async (code) => {
    expect(await run('python', code)).toMatchObject({ outcome: 'success', result: null, stdout: 'ran\n' })
  })

  it('may have a main without parameters', async () => {
    expect(await run('python', 'def main():\n    return 5')).toMatchObject({ outcome: 'success', result: 5 })
  })

  it('may import asyncio inside its async main', async () => {
    const code = 'async def main(input):\n    import asyncio\n    await asyncio.sleep(0.001)\n    return 1'
    expect(await run('python', code)).toMatchObject({ outcome: 'success', result: 1 })
  })

  it('gives half a surrogate pair back as it is', async () => {
    const { result } = await run('python', 'def main(input):\n    return ["\\ud800", "𝄞"]')
    expect(result).toEqual(['\ud800', '𝄞'])
  })

  it('that is refused a file larger than the disk, and has filled none of it, fails in its own words', async () => {
    const code = 'open("/tmp/sparse", "wb").truncate(1 << 33)'
    expect(await run('python', code)).toMatchObject({
      outcome: 'failure',
      errorMessage: expect.stringContaining('File too large') as string,
    })
  })

  it('names the signal that ended it as everyone does', async () => {
    const result = await run('python', 'import os\nos.abort()')
    expect(result).toMatchObject({ outcome: 'failure', errorType: 'exit_code', signal: 'SIGABRT' })
  })
})

describe('the environment', () => {
  it('may hold names the guest program of bash uses itself, or bash keeps to itself', async () => {
    const env = {
      __nonce: 'x',
      __characters: '5',
      __head: 'x',
      UID: '0',
      IFS: 'a',
      BASHOPTS: 'x',
      KEPT: 'yes',
    }
    const code = 'echo "$KEPT"\nfor i in a b; do echo $i; done\nmain() { result "$1"; }'
    expect(await run('bash', code, { env, input: 'bab' })).toMatchObject({
      outcome: 'success',
      result: 'bab',
      stdout: 'yes\na\nb\n',
      stderr: '',
    })
  })
})

describe('what bash is given', () => {
  it.each([
    ['of a byte', '1'],
    ['as long as bash reads by itself', 'a'.repeat(16_381)],
    ['longer', 'a'.repeat(16_382)],
    ['in other scripts', 'é日本🎉'],
    ['in other scripts, long', 'é日本🎉'.repeat(5000)],
  ])('arrives completely: input %s', async (_what, input) => {
    expect(await run('bash', 'main() { printf %s "$1" | result; }', { input })).toMatchObject({
      result: input,
    })
  })

  it.each(['é日本🎉1', 'éa', '\u0001\u007f', "a'b\\c\nd\re", String.raw`\x41\u0042$(id)`])(
    'arrives completely: a variable of %j',
    async (value) => {
      const env = { VALUE: value, LC_ALL: 'C' }
      const code = 'printf %s "$VALUE" | od -An -v -tx1 | tr -d " \\n"'
      expect((await run('bash', code, { env })).stdout).toBe(Buffer.from(value).toString('hex'))
    },
  )
})

describe('files', () => {
  it.each([
    ['a line break', [{ path: 'a\nb', content: '' }]],
    ['a name no file system takes', [{ path: 'n'.repeat(256), content: '' }]],
    ['broken Unicode', [{ path: '\ud800', content: '' }]],
    [
      'a file that is a folder, too',
      [
        { path: 'a', content: '' },
        { path: 'a/b', content: '' },
      ],
    ],
  ])('with %s are refused before anything runs', async (_what, files) => {
    await expect(run('bash', 'true', { files })).rejects.toThrow(InvalidRequestError)
  })

  it('larger than the disk are its limit', async () => {
    const files = [{ path: 'big', content: 'x'.repeat(3_000_000) }]
    const result = await run('python', 'pass', { files, limits: { diskBytes: 1_048_576 } })
    expect(result).toMatchObject({ outcome: 'limit', errorType: 'disk_limit' })
  })

  it('with NULs come back as base64', async () => {
    const { files } = await run('bash', 'printf "a\\0b" > /out/x')
    expect(files).toEqual([{ path: 'x', content: 'YQBi', encoding: 'base64' }])
  })
})
