/** The guest library, one table of cases for all languages. */
import { runInContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { markMain } from '../../src/runtimes/compile/mark-main.ts'
import { addMainHook, mayCallMain } from '../../src/runtimes/main-hook.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { MAINS, PATCHES, VALUES } from './cases.ts'
import { ERRORS } from './error-cases.ts'
import { javaScriptRealm, runBash, runPython, type Outcome } from './drivers.ts'
import { MENTIONS, SCRIPTS } from './scripts.ts'
import { startProcessorTime } from '../support/processor-time.ts'

type Row<T> = [string, T & { code: string; index: number }]

/** The cases that a language has words for. */
function rows<T extends { [name in L]?: string }, L extends 'javascript' | 'python' | 'bash'>(
  cases: Record<string, T>,
  language: L,
): Row<T>[] {
  const found: Row<T>[] = []
  for (const [name, one] of Object.entries(cases)) {
    const code = one[language]
    if (code !== undefined) found.push([name, { ...one, code, index: found.length }])
  }
  return found
}

interface Watch {
  hook: object
  find(exported: readonly unknown[]): ((input: unknown) => unknown) | undefined
}

/** Runs JavaScript as a CommonJS body in a realm of its own; `patch` runs before main. */
async function runJavaScript(body: string, patch = ''): Promise<Outcome> {
  const { context, take } = await javaScriptRealm()
  const written: string[] = []
  const module = { exports: {} as { default?: unknown } }
  const watch: Watch = take('watchMain')()
  Object.assign(context, { print: (text: string) => void written.push(text), mark: watch.hook })
  const code = addMainHook(markMain(body, 'mark').code, 'mark')
  const program = runInContext(`(async (module, exports) => {${code}\n})`, context) as (
    ...all: unknown[]
  ) => Promise<unknown>
  try {
    await program(module, module.exports)
    const main = watch.find([module.exports, module.exports.default])
    runInContext(patch, context)
    const text: string | null = main === undefined ? null : take('encode')(await main({ a: 1 }))
    return { result: text === null ? undefined : JSON.parse(text), error: null, stdout: written.join('') }
  } catch (error) {
    return { result: undefined, error: take('describe')(error), stdout: written.join('') }
  }
}

function expectStack({ error }: Outcome, parts: readonly string[] = []): void {
  for (const part of parts) expect(error?.stack).toContain(part)
}

describe.concurrent('javascript', () => {
  it.each(rows(VALUES, 'javascript'))('carries or refuses %s', async (_name, { code, json, refused }) => {
    const { result, error } = await runJavaScript(`exports.main = () => ${code}`)
    if (refused === undefined) expect(result).toEqual(json)
    else expect(error?.message).toMatch(/^main returned a value JSON cannot carry: the result/)
    expect(error?.message ?? '').toContain(refused ?? '')
  })

  it.each(rows(ERRORS, 'javascript'))('tells of %s', async (_name, { code, name, message, stack }) => {
    const outcome = await runJavaScript(code)
    expect(outcome.error).toMatchObject({ name: expect.stringMatching(name) })
    expect(message.split('|')).toContain(outcome.error?.message)
    expectStack(outcome, stack)
  })

  it.each(PATCHES.javascript)('is not misled by %s', async (patch) => {
    expect(await runJavaScript('exports.main = () => ({ a: [1, "x"] })', patch)).toMatchObject({
      result: { a: [1, 'x'] },
    })
    expect(
      (await runJavaScript('exports.main = () => ({ a: [1, { b: undefined }] })', patch)).error?.message,
    ).toContain('the result.a[1].b is undefined')
  })

  it.each(rows(MAINS, 'javascript'))('finds main: %s', async (_name, { code, result }) => {
    expect((await runJavaScript(code)).result).toEqual(result)
  })
})

describe.concurrent('main of javascript', () => {
  it.each(rows(SCRIPTS, 'javascript'))(
    'is not called where the script calls it: %s',
    async (_name, { code }) => {
      expect(await runJavaScript(code)).toMatchObject({ stdout: 'ran\n', error: null })
    },
  )

  it.each(rows(MENTIONS, 'javascript'))(
    'is called where it is only mentioned: %s',
    async (_name, { code }) => {
      expect(await runJavaScript(code)).toMatchObject({ stdout: 'ran\n', error: null })
    },
  )

  it.each(rows(SCRIPTS, 'javascript'))('is marked: %s', (_name, { code }) => {
    expect(mayCallMain(code)).toBe(true)
  })

  it.each([
    'export function main(input) { return input }',
    'function main() {}\nmodule.exports = { main }',
    'const main = () => 1\nexport { main }',
    'export default async function handler(input) {}',
    'exports.main = async (input) => input',
    'async function run() {}\nmodule.exports = run',
    'console.log("a domain, its mains and $main")',
  ])('is not marked where nothing can call it: %s', (code) => {
    expect(mayCallMain(code)).toBe(false)
  })
})

describe('python', async () => {
  const values = rows(VALUES, 'python')
  const errors = rows(ERRORS, 'python')
  const mains = rows(MAINS, 'python')
  const patches = PATCHES.python
  const outcomes = await runPython([
    ...values.map(([, { code }]) => ({ code: `def main(input):\n    return ${code}` })),
    ...errors.map(([, { code }]) => ({ code })),
    ...patches.map((code) => ({ code: `def main(input):\n    return {"a": [1, "x"]}\n${code}` })),
    ...mains.map(([, { code }]) => ({ code, input: { a: 1 } })),
  ])
  const of = (offset: number, index: number): Outcome => {
    const outcome = outcomes[offset + index]
    if (outcome === undefined) throw new Error('no outcome')
    return outcome
  }

  it.each(values)('carries or refuses %s', (_name, { json, refused, index }) => {
    const { result, error } = of(0, index)
    if (refused === undefined) expect(result).toEqual(json)
    else expect(error?.message).toMatch(/^main returned a value JSON cannot carry: the result/)
    expect((error?.message ?? '').replaceAll("']", '').replaceAll("['", '.')).toContain(refused ?? '')
  })

  it.each(errors)('tells of %s', (_name, { name, message, stack, index }) => {
    const outcome = of(values.length, index)
    expect(outcome.error).toMatchObject({ name: expect.stringMatching(name) })
    expect(message.split('|')).toContain(outcome.error?.message)
    expectStack(outcome, stack)
  })

  it.each(patches.map((patch, index) => [patch, index] as const))('is not misled by %j', (_patch, index) => {
    expect(of(values.length + errors.length, index).result).toEqual({ a: [1, 'x'] })
  })

  it.each(mains)('finds main: %s', (_name, { result, index }) => {
    expect(of(values.length + errors.length + patches.length, index).result).toEqual(result)
  })
})

describe('main of python', async () => {
  const scripts = rows(SCRIPTS, 'python')
  const mentions = rows(MENTIONS, 'python')
  const pairs = {
    code: 'def main(a, b):\n    return [a, b]',
    inputs: [{ a: 1, b: 2 }, { b: 1, a: 2 }, { a: 1 }, [1, 2], null, { a: 1, b: 2, c: 3 }],
  }
  const outcomes = await runPython([
    ...[...scripts, ...mentions].map(([, { code }]) => ({ code, input: { a: 1 } })),
    ...pairs.inputs.map((input) => ({ code: pairs.code, input })),
  ])

  it.each(scripts)('is not called where the script calls it: %s', (_name, { index }) => {
    expect(outcomes[index]).toMatchObject({ stdout: 'ran\n', result: undefined, error: null })
  })

  it.each(mentions)('is called where the script only mentions it: %s', (_name, { index }) => {
    expect(outcomes[scripts.length + index]).toMatchObject({ stdout: 'ran\n', error: null })
  })

  it('takes the members of the input by name, and says so', () => {
    const [first, second, ...others] = outcomes.slice(scripts.length + mentions.length)
    expect([first?.result, second?.result]).toEqual([
      [1, 2],
      [2, 1],
    ])
    expect(others).toHaveLength(4)
    for (const { error } of others)
      expect(error?.message).toBe(
        'main takes a, b, and is called with one argument, the input: define main(input), or give an input object with these names',
      )
  })
})

describe('main of bash', async () => {
  const scripts = rows(SCRIPTS, 'bash')
  const mentions = rows(MENTIONS, 'bash')
  await using directory = await temporaryDirectory()
  const outcomes = runBash(
    directory.path,
    [...scripts, ...mentions].map(([, { code }]) => ({ code, input: '{"a":1}' })),
  )

  it.each(scripts)('is not called where the script calls it: %s', (_name, { index }) => {
    expect(outcomes[index]?.stdout).toBe('ran\n')
  })

  it.each(mentions)('is called where the script only mentions it: %s', (_name, { index }) => {
    expect(outcomes[scripts.length + index]?.stdout).toBe('ran\n')
  })
})

describe('bash', () => {
  it('finds main, and ends with its status', async () => {
    await using directory = await temporaryDirectory()
    const programs = [
      { code: 'main() { printf "%s" "$1"; return 3; }', input: '{"a":1}' },
      { code: 'function main { printf "%s" "$1"; }', input: '7' },
      { code: 'echo script; false' },
      { code: 'echo early; exit 4; main() { echo late; }' },
      { code: 'PATH=/nowhere; main() { printf "%s" "${BASH_SOURCE[0]} $0"; }' },
    ]
    expect(runBash(directory.path, programs)).toEqual([
      { status: 3, stdout: '{"a":1}' },
      { status: 0, stdout: '7' },
      { status: 1, stdout: 'script\n' },
      { status: 4, stdout: 'early\n' },
      { status: 0, stdout: 'main.sh main.sh' },
    ])
  })
})

describe('the look for calls of main', () => {
  it.each([
    'export default async function' + ' '.repeat(300_000),
    'export {'.repeat(40_000),
    'a$'.repeat(150_000),
    Array.from({ length: 20_000 }, (_one, index) => `exports = a${index}\n`).join(''),
  ])('takes time in proportion to the code', (code) => {
    const processorMs = startProcessorTime()
    mayCallMain(code)
    expect(processorMs()).toBeLessThan(2000)
  })
})
