/** Programs that import and require the files given with them: the same on every local runtime. */
import { afterAll, describe, expect, it } from 'vitest'
import type { FileContent, Language } from '../../src/execution.ts'
import { subprocess } from '../../src/runtimes/subprocess.ts'
import { stopCompiling } from '../../src/runtimes/transpile.ts'
import { vm2 } from '../../src/runtimes/vm2.ts'
import { wasmedge } from '../../src/runtimes/wasmedge.ts'
import { localOptions } from '../support/local-runtime.ts'
import { makeRequest, record } from '../support/run-recorder.ts'
import { findWasmedge, wasmedgeOptions } from '../support/wasmedge.ts'

const absent = await findWasmedge()
const runtimes = [
  subprocess(localOptions()),
  vm2(localOptions()),
  ...(absent === null ? [wasmedge(wasmedgeOptions())] : []),
]
afterAll(async () => {
  await Promise.all(runtimes.map((runtime) => runtime.close()))
  await stopCompiling()
})

const UTIL = 'export const twice = (n: number): number => n * 2\n'
const LEVELS = `export enum Level { Low, High }
export namespace Deep { export const x = 3 }
export class Point { constructor(public readonly a: number) {} }
const loud = (_: unknown, { name }: ClassMethodDecoratorContext) => () => \`loud \${String(name)}\`
export class Speaker { @loud speak() { return '' } }
`

const given = (files: Record<string, string>): FileContent[] =>
  Object.entries(files).map(([path, content]) => ({ path, content }))

const run = (language: Language, code: string, files: Record<string, string>) =>
  Promise.all(
    runtimes.map((runtime) => record(runtime, makeRequest(language, code, { files: given(files) }))),
  )

describe('files given with the code', () => {
  it.each<[string, Language, string, Record<string, string>, unknown]>([
    [
      'TypeScript of every kind',
      'typescript',
      'import { Deep, Level, Point, Speaker } from "./levels.ts"\nexport const main = () => [Level.High, Deep.x, new Point(4).a, new Speaker().speak()]',
      { 'levels.ts': LEVELS },
      [1, 3, 4, 'loud speak'],
    ],
    [
      'TypeScript without its ending',
      'typescript',
      'import { twice } from "./util"\nexport const main = (): number => twice(21)',
      { 'util.ts': UTIL },
      42,
    ],
    [
      'TypeScript by the name it is compiled to',
      'typescript',
      'import { twice } from "./util.js"\nexport const main = (): number => twice(21)',
      { 'util.ts': UTIL },
      42,
    ],
    [
      'TypeScript by way of a folder',
      'typescript',
      'import { twice } from "./lib"\nexport const main = (): number => twice(21)',
      { 'lib/index.ts': 'export * from "../util"', 'util.ts': UTIL },
      42,
    ],
    [
      'TypeScript from JavaScript',
      'javascript',
      'import { Level } from "./levels.ts"\nexport const main = () => Level.High',
      { 'levels.ts': LEVELS },
      1,
    ],
    [
      'a script of TypeScript that requires',
      'typescript',
      'const { twice } = require("./util") as { twice: (n: number) => number }\nfunction main(): number { return twice(21) }',
      { 'util.ts': UTIL },
      42,
    ],
    [
      'an ES module',
      'javascript',
      'import { twice } from "./util.js"\nexport const main = () => twice(21)',
      { 'util.js': 'export const twice = (n) => n * 2' },
      42,
    ],
    [
      'a module that is imported when it is needed',
      'javascript',
      'async function main() { return (await import("./util.mjs")).default(21) }',
      { 'util.mjs': 'export default (n) => n * 2' },
      42,
    ],
    [
      'CommonJS by a script',
      'javascript',
      'const { twice } = require("./util")\nfunction main() { return twice(21) }',
      { 'util.js': 'exports.twice = (n) => n * 2' },
      42,
    ],
    [
      'CommonJS by CommonJS',
      'javascript',
      'const { twice } = require("./util.cjs")\nmodule.exports.main = () => twice(21)',
      { 'util.cjs': 'exports.twice = (n) => n * 2' },
      42,
    ],
    [
      'one file twice, which runs once',
      'javascript',
      'import { a } from "./a.mjs"\nimport { b } from "./b.mjs"\nexport const main = () => [a(), b(), a()]',
      {
        'a.mjs': 'import { next } from "./count.mjs"\nexport const a = next',
        'b.mjs': 'import { next } from "./count.mjs"\nexport const b = next',
        'count.mjs': 'let n = 0\nexport const next = () => ++n',
      },
      [1, 2, 3],
    ],
    [
      'JSON that is required',
      'javascript',
      'const data = require("./data.json")\nfunction main() { return data }',
      { 'data.json': '{"a":[1]}' },
      { a: [1] },
    ],
    [
      'JSON that is imported',
      'javascript',
      'import data from "./data.json" with { type: "json" }\nexport const main = () => data',
      { 'data.json': '{"a":[1]}' },
      { a: [1] },
    ],
  ])('are there: %s', async (_name, language, code, files, wanted) => {
    for (const { exit, stderr } of await run(language, code, files)) {
      expect({ ...exit.uncaught, stderr }).toEqual({ stderr: '' })
      expect(JSON.parse(exit.result ?? 'null')).toEqual(wanted)
    }
  })

  it('are named in stacks, with their own lines', async () => {
    const runs = await run(
      'typescript',
      'import { boom } from "./boom"\nexport function main() {\n  boom()\n}',
      {
        'boom.ts':
          'type Gone = string\n\nexport function boom(): never { throw new RangeError("in a file") }',
      },
    )
    for (const { exit } of runs) {
      expect(exit.uncaught).toMatchObject({ name: 'RangeError', message: 'in a file' })
      expect(exit.uncaught?.stack).toMatch(
        /^RangeError: in a file\n\s+at boom \(boom\.ts:3\b.*\n\s+at main \(main\.ts:3\b/u,
      )
    }
  })

  it('are refused where the language refuses them, by their own name and line', async () => {
    const runs = await run('typescript', 'import { x } from "./bad"\nexport const main = () => x', {
      'bad.ts': '\nexport const x = = 1',
    })
    for (const { exit } of runs) {
      expect(exit).toMatchObject({ syntaxError: true, uncaught: { name: 'SyntaxError' } })
      expect(exit.uncaught?.stack).toMatch(/^bad\.ts:2:/u)
    }
  })

  it('that no code imports may be anything', async () => {
    for (const { exit } of await run('typescript', 'export const main = () => 1', {
      'bad.ts': 'export = = 1',
    }))
      expect(exit).toMatchObject({ uncaught: null, result: '1' })
  })

  it('are all there is: nothing of the host is read while they are compiled', async () => {
    const code =
      'export async function main() { try { return await import("../../../../etc/passwd.json") } catch { return "absent" } }'
    for (const { exit } of await run('typescript', code, { 'util.ts': UTIL }))
      expect(exit.result).toBe('"absent"')
  })
})

describe('scripts that are no modules', () => {
  it.each<[string, string, unknown]>([
    [
      'are sloppy, so that two functions may have one name',
      'function f() { return 1 }\nfunction f() { return 2 }\nimplicit = 3\nfunction main() { return [f(), implicit, (function () { return this !== undefined })(), 010] }',
      [2, 3, true, 8],
    ],
    ['may use with', 'with ({ a: 1 }) { var got = a }\nfunction main() { return got }', 1],
    [
      'may be strict',
      '"use strict"\nfunction main() { return (function () { return this })() === undefined }',
      true,
    ],
    [
      'may define a main beside functions that wait',
      'const show = async (run) => await run()\nasync function main() { return show(async () => { return 5 }) }',
      5,
    ],
  ])('%s', async (_name, code, wanted) => {
    for (const { exit } of await run('javascript', code, {})) {
      expect(exit.uncaught).toBeNull()
      expect(JSON.parse(exit.result ?? 'null')).toEqual(wanted)
    }
  })
  it('dispose of what they use', async () => {
    const code =
      'class H { [Symbol.dispose]() { console.log("disposed") } async [Symbol.asyncDispose]() { console.log("later") } }\nasync function main() { using h = new H(); await using k = new H(); console.log("body") }'
    for (const { stdout } of await run('javascript', code, {})) expect(stdout).toBe('body\nlater\ndisposed\n')
  })
})
