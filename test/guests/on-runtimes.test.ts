/** The same cases on every runtime of this machine: what its engine does differently shows here. */
import { afterAll, describe, expect, it } from 'vitest'
import type { Language } from '../../src/execution.ts'
import type { Runtime, RuntimeRequest } from '../../src/runtimes/runtime.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { wasmedge } from '../../src/runtimes/wasmedge.ts'
import { localOptions } from '../support/local-runtime.ts'
import { IS_LONG_FORM } from '../support/long-form.ts'
import { makeRequest, record, type Recording } from '../support/run-recorder.ts'
import { findUncompiled, findWasmedge, NONE_AHEAD, wasmedgeOptions } from '../support/wasmedge.ts'
import { VALUES, type ValueCase } from './cases.ts'
import { ERRORS } from './error-cases.ts'

const absent = await findWasmedge()
const runtimes: Record<string, Runtime> = {
  subprocess: subprocess(localOptions()),
  vm2: vm2(localOptions()),
  ...(absent === null ? { wasmedge: wasmedge(wasmedgeOptions(NONE_AHEAD)) } : {}),
}
afterAll(async () => {
  for (const runtime of Object.values(runtimes)) await runtime.close()
})

type Recorded = Pick<Recording, 'exit' | 'stdout' | 'stderr'>

/** Where Python is not compiled ahead, each of its runs takes seconds, and a minute where it imports a part of its library. */
const interpreted = absent === null && (await findUncompiled()).python !== undefined ? 'wasmedge' : null

/** Of so many cases one also runs where the engine is that of `library.test.ts`, which has all of them. */
const EVERY = IS_LONG_FORM ? 1 : 4
const sampled = (at: number): string | null => (at % EVERY === 0 ? null : 'subprocess')

/** What each runtime that serves `language` says of `code`, by its name. */
async function onEach(
  language: Language,
  code: string,
  { files = [], except = null }: { files?: RuntimeRequest['files']; except?: string | null } = {},
): Promise<[string, Recorded][]> {
  const serving = Object.entries(runtimes).filter(
    ([name, { capabilities }]) => name !== except && capabilities.languages.includes(language),
  )
  return Promise.all(
    serving.map(async ([name, runtime]): Promise<[string, Recorded]> => [
      name,
      await record(runtime, makeRequest(language, code, { files })),
    ]),
  )
}

/** The result, or the words that refuse it. */
function answer({ exit }: Recorded, { refused }: ValueCase): unknown {
  if (refused === undefined) return JSON.parse(exit.result ?? 'null') as unknown
  return exit.result ?? (exit.uncaught?.message ?? '').replaceAll("']", '').replaceAll("['", '.')
}

const right = ({ json, refused }: ValueCase): unknown =>
  refused === undefined ? json : expect.stringContaining(refused)

const IN_PYTHON = new Set(['half a surrogate pair', 'a surrogate pair', 'what holds itself'])

/** Code that does not parse, and the line that is at fault. */
const BROKEN: readonly (readonly [code: string, line: number])[] = [
  ['import path from "node:path"\n\nexport function main() {\n  const total = = 1\n}', 4],
  ['export const main = () => {\n  return (1\n}\n', 3],
  ['const rows = [1, 2]\nfunction collect( {\n}\n', 3],
  ['import a from "node:path"\nfunction collect( {\n}\n\n\n', 3],
  ['const a = await 1\nconst b = = 2\nexports.main = () => 1', 2],
  ['const a = await 1\nfunction f( {\n', 2],
  ['foo(1,\n', 1],
  ['foo()\nreturn return', 2],
  ['if (true) {\n  foo()\n', 2],
  ['const x = 1\nlet x = 2', 2],
]

/** Scripts that return at their top level, and what that is. */
const RETURNING: readonly (readonly [code: string, result: unknown])[] = [
  [
    'const rows = await Promise.resolve([1, 2]);\nreturn rows.map((n) => ({ json: { n } }));',
    [{ json: { n: 1 } }, { json: { n: 2 } }],
  ],
  ['return 2', 2],
  ['const a = 1\nif (a === 1) {\n  return { a }\n}\nthrow new Error("late")', { a: 1 }],
  ['return Promise.resolve([1])', [1]],
  ['if (true) return\nthrow new Error("late")', undefined],
  ['for await (const n of [Promise.resolve(7)]) return n', 7],
  ['async function main() { return 4 }\nreturn await main()', 4],
  ['function main() { return 4 }\nreturn main()', 4],
  ['const f = () => { return 1 }\nexports.main = () => f()', 1],
  ['const x = await 3\nconst f = () => { return 1 }\nvar main = () => f() + x', 4],
  ['undeclared = await 3\nreturn undeclared', 3],
]

/** Text and frames of ours and of the host. */
const HOST = /exectrail|node:|vm2|\(native\)/u

/** What the engine itself does not have, or takes apart. */
const LACKS: Record<string, readonly string[]> = {
  subprocess: ['what hides itself'],
  vm2: ['what stands behind a proxy', 'what hides itself'],
  wasmedge: [],
}

describe.skipIf(absent !== null)(`every runtime of this machine ${absent ?? ''}`, () => {
  const cases = Object.entries(VALUES)
  const inJavaScript = cases
    .filter(([, { javascript, python }]) => javascript !== undefined && !python)
    .map(([name, one], at) => [name, one, sampled(at)] as const)
  const errors = Object.entries(ERRORS).flatMap(([name, { javascript, ...rest }], at) =>
    javascript === undefined ? [] : [[name, { code: javascript, ...rest }, sampled(at)] as const],
  )
  // CPython is the same on all: these are its own limits.
  const inPython = cases.filter(([name]) => IN_PYTHON.has(name))

  it.each(inJavaScript)('carries or refuses in a result of JavaScript: %s', async (name, one, except) => {
    const ends = await onEach('javascript', `exports.main = () => ${one.javascript}`, { except })
    const able = ends.filter(([runtime]) => LACKS[runtime]?.includes(name) !== true)
    for (const [runtime, said] of able) expect([runtime, answer(said, one)]).toEqual([runtime, right(one)])
  })

  it.each(inPython)('carries or refuses in a result of Python: %s', async (name, one) => {
    const except = name === 'what holds itself' ? null : interpreted
    const ends = await onEach('python', `def main(input):\n    return ${one.python}`, { except })
    for (const [runtime, said] of ends) expect([runtime, answer(said, one)]).toEqual([runtime, right(one)])
  })

  it.each(errors)('tells of what is thrown: %s', async (name, { code, message, stack = [] }, except) => {
    const ends = await onEach('javascript', `// a script\n${code}`, { except })
    const able = ends.filter(([runtime]) => LACKS[runtime]?.includes(name) !== true)
    for (const [runtime, { exit, stderr }] of able) {
      expect([runtime, exit.uncaught?.message]).toEqual([runtime, message.split('|')[0]])
      for (const part of stack)
        expect([runtime, exit.uncaught?.stack]).toEqual([runtime, expect.stringContaining(part)])
      expect(`${exit.uncaught?.stack ?? ''}${stderr}`).not.toMatch(HOST)
    }
  })

  it.each(BROKEN)('tells the line of a syntax error, and nothing of ours: %j', async (code, line) => {
    for (const [runtime, { exit, stderr }] of await onEach('javascript', code)) {
      expect([runtime, exit.syntaxError, exit.result]).toEqual([runtime, true, null])
      const stack = exit.uncaught?.stack ?? ''
      expect([runtime, stack]).toEqual([runtime, expect.stringMatching(`^main\\.js:${line}\\b`)])
      expect(stack + stderr).not.toMatch(HOST)
      expect(stack + stderr).not.toContain('globalThis')
    }
  })

  it.each(RETURNING)('gives what a script returns at its top level: %j', async (code, result) => {
    for (const [runtime, { exit }] of await onEach('javascript', code)) {
      expect([runtime, exit.uncaught]).toEqual([runtime, null])
      expect([runtime, exit.result === null ? undefined : JSON.parse(exit.result)]).toEqual([runtime, result])
    }
  })

  it('tells the line in a file that it imports', async () => {
    const files = [
      { path: 'lib/good.mjs', content: 'import "./broken.mjs"\n' },
      { path: 'lib/broken.mjs', content: 'export const a = 1\nexport const b = = 2\n' },
    ]
    for (const [runtime, { exit }] of await onEach('javascript', 'import "./lib/good.mjs"', { files }))
      expect([runtime, exit.uncaught?.stack]).toEqual([runtime, expect.stringMatching(/^lib\/broken\.mjs:2/)])
  })

  it('leaves out what loads a module of Python', async () => {
    const files = [{ path: 'boom.py', content: 'def f():\n    raise ValueError("x")\nf()\n' }]
    const code =
      'import importlib, runpy\ntry:\n    importlib.import_module("boom")\nexcept ValueError:\n    runpy.run_path("boom.py")'
    for (const [runtime, { exit, stderr }] of await onEach('python', code, { files, except: interpreted })) {
      expect([runtime, exit.uncaught?.stack]).toEqual([
        runtime,
        expect.stringContaining('boom.py", line 2, in f'),
      ])
      expect(`${exit.uncaught?.stack ?? ''}${stderr}`).not.toContain('<frozen')
    }
  })

  it.each([
    ['exec 3>&-\nmain() { result 1; }', '1', ''],
    [
      'exec 3> /out/a {x}> /out/b 14> /out/c\nmain() { echo a >&3; echo b >&"$x"; echo c >&14; result 1; }',
      '1',
      '',
    ],
    ['main() { exec 3>&1; echo said >&3; result 1; }', '1', ''],
    [
      'main() { for n in {3..254}; do eval "exec $n>&-"; done; result 1; }',
      null,
      'result: the program closed or replaced the descriptor',
    ],
  ])('gives the result of bash whatever descriptors it uses: %s', async (code, result, said) => {
    for (const [, { exit, stderr }] of await onEach('bash', code)) {
      expect(exit.result).toBe(result)
      expect(stderr).toContain(said)
      expect(stderr).not.toMatch(HOST)
    }
  })

  it('lets such a script require what its runtime has', async () => {
    const code = 'const { join } = require("node:path")\nconst x = await 1\nreturn join("a", `${x}`)'
    const ends = await onEach('javascript', code)
    expect(ends.map(([name, { exit }]) => [name, exit.result ?? exit.uncaught?.message])).toEqual([
      ['subprocess', '"a/1"'],
      ['vm2', expect.stringContaining("vm2 has no modules: cannot require 'node:path'")],
      ['wasmedge', '"a/1"'],
    ])
  })

  it('tells the line of what such a script throws', async () => {
    const code = 'const x = await 1\nif (x === 2) return 5\nnull.y'
    for (const [runtime, { exit, stderr }] of await onEach('javascript', code)) {
      expect([runtime, exit.uncaught?.name]).toEqual([runtime, 'TypeError'])
      expect([runtime, exit.uncaught?.stack]).toEqual([runtime, expect.stringMatching(/at .*main\.js:3/)])
      expect(`${exit.uncaught?.stack ?? ''}${stderr}`).not.toMatch(HOST)
    }
  })

  it.each([
    'setTimeout(() => { throw { status: 429 } }, 1)',
    'Promise.reject({ status: 429 })',
    '(async () => { throw { status: 429 } })()',
    'exports.main = async () => { throw { status: 429 } }',
    'await Promise.reject({ status: 429 })',
  ])('reports what is thrown and not caught: %s', async (code) => {
    for (const [runtime, { exit, stderr }] of await onEach('javascript', code)) {
      expect([runtime, exit.exitCode, exit.uncaught?.message]).toEqual([runtime, 1, '{ status: 429 }'])
      expect([runtime, stderr]).toEqual([runtime, expect.stringContaining('{ status: 429 }')])
      expect(stderr).not.toMatch(HOST)
    }
  })

  it('carries texts of Python as they are, whatever coding a comment claims', async () => {
    const code =
      '# -*- coding: latin-1 -*-\ntext = "é😀"\nprint(text)\ndef main(input):\n    return [text, len(text), "\\ud83d\\ude00"]'
    for (const [name, { exit, stdout }] of await onEach('python', code)) {
      expect([name, stdout]).toEqual([name, 'é😀\n'])
      expect([name, JSON.parse(exit.result ?? 'null')]).toEqual([name, ['é😀', 2, '😀']])
    }
  })
})
