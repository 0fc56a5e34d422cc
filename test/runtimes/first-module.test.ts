import { afterAll, describe, expect, it } from 'vitest'
import { canNameFirst } from '../../src/runtimes/first-module.ts'
import { closeMade, make } from '../support/forking.ts'
import { makeRequest, record } from '../support/run-recorder.ts'

afterAll(closeMade)

const IMPORTS_NOTHING = [
  'export const main = (input) => input',
  "import fs from 'node:fs'\nexport const main = () => fs.readdirSync('.')",
  "import 'node:fs'\nimport * as path from 'path'\nexport const main = () => path.sep",
  'import fs, {\n  readFileSync as read,\n} from "fs"\nexport const main = () => read',
  "export const main = async () => (await import('./other.mjs')).value",
  'export const main = () => [import.meta.url, Array.from ([1])]',
]
const MAY_IMPORT = [
  'exports.main = (input) => input',
  "import './other.mjs'\nexport const main = 1",
  "import { value } from './other.mjs'",
  "export * from './other.mjs'",
  "export { value } from 'node:fs'",
  "import/**/'./other.mjs'\nexport const main = 1",
  "import { a /* , */ } from 'node:fs'\nexport const main = 1",
  "import fs from 'node:nothing'\nexport const main = 1",
  "export const a = 1; import b from './other.mjs' // import c from 'node:fs'",
  `export const main = 1 // ${'-'.repeat(70_000)}`,
]

describe('code that names our module first', () => {
  it.each(IMPORTS_NOTHING)('imports no code of its own: %j', (code) => {
    expect(canNameFirst(code)).toBe(true)
  })

  it.each(MAY_IMPORT)('is not code that may import some, or is no ES module: %j', (code) => {
    expect(canNameFirst(code)).toBe(false)
  })

  it('is decided in time that is linear in its length', () => {
    const since = process.cpuUsage()
    for (const part of ['import ', `import${' '.repeat(50)}`, 'import a, ', 'from '])
      canNameFirst(`export const a = 1\n${part.repeat(60_000 / part.length)}`)
    expect(process.cpuUsage(since).user / 1000).toBeLessThan(1500)
  })
})

describe('a program in which ours is the first module', () => {
  const runtime = () => make({ pool: { cap: 0 } })

  it('runs, and its top level waits', async () => {
    const code = 'const two = await Promise.resolve(2)\nexport const main = () => two'
    expect((await record(runtime(), makeRequest('javascript', code))).exit.result).toBe('2')
  })

  it('names the place of what it throws and of what is wrong with its syntax', async () => {
    const thrown = await record(
      runtime(),
      makeRequest('javascript', 'export const a = 1\nthrow new Error("no")'),
    )
    expect(thrown.exit.uncaught?.stack).toContain('main.js:2:7')
    const wrong = await record(runtime(), makeRequest('javascript', 'export const a = 1\nconst = 2'))
    expect(wrong.exit).toMatchObject({ syntaxError: true, uncaught: { name: 'SyntaxError' } })
    expect(wrong.exit.uncaught?.stack).toContain('main.js:2')
  })

  it('is said to run before code that it imports runs', async () => {
    const endless = { path: 'endless.mjs', content: 'for (;;) {}', encoding: 'utf8' as const }
    const code = "import './endless.mjs'\nexport const main = 1"
    const request = { ...makeRequest('javascript', code), files: [endless] }
    const ending = new AbortController()
    const { begun } = await record(runtime(), request, {
      signal: ending.signal,
      onRunning: () => ending.abort(),
    })
    expect(begun).toBe(1)
  })
})
