import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  environmentFor,
  readmeBlocks,
  runProgram,
  startUp,
  type CommandResult,
} from './support/command-line.ts'
import { installPackage } from './support/installed-package.ts'

const ROOT = join(import.meta.dirname, '..')
const PACKED_MAX_BYTES = 1_800_000

let [directory, app, home] = ['', '', '']
let packed: string[]
let packedBytes: number

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'exectrail-package-'))
  app = join(directory, 'app')
  home = join(directory, 'home')
  for (const path of [app, home]) mkdirSync(path)
  const tarball = await pack()
  packed = (await run('tar', ['--list', '--file', tarball])).trim().split('\n').toSorted()
  packedBytes = readFileSync(tarball).byteLength
  await installPackage(tarball, app, run)
})
afterAll(async () => {
  // Postgres of a root directory that no other user can reach is elsewhere.
  const paths = [await realpath(join(home, 'postgres')).catch(() => directory), directory]
  for (const path of paths) await rm(path, { recursive: true, force: true })
})

describe('the packed package', () => {
  it('is small, and holds neither sources nor tests', () => {
    const folders = new Set(packed.map((file) => file.split('/').slice(1, 3).join('/')))
    expect([...folders].filter((folder) => !folder.startsWith('dist/'))).toEqual([
      'LICENSE',
      'README.md',
      'bin/exectrail',
      'clickhouse/callers.sql',
      'clickhouse/cluster',
      'clickhouse/migrations',
      ...globSync('otel-collector/*.yaml', { cwd: ROOT }).toSorted(),
      'package.json',
      'postgres/migrations',
      ...['e2b', 'nodes', 'price-book.schema'].map((name) => `prices/${name}.json`),
      ...globSync('templates/*', { cwd: ROOT }).toSorted(),
      'tools/bacalhau',
    ])
    const wrong = /^(?!package\/templates\/).*(?<!\.d)\.tsx?$|\.test\.|__pycache__/u
    expect(packed.filter((file) => wrong.test(file))).toEqual([])
    expect(packedBytes).toBeLessThan(PACKED_MAX_BYTES)
  })

  it('holds each module of the sources as JavaScript, and every other file of theirs', () => {
    const sources = globSync('**/*.*', { cwd: join(ROOT, 'src') }).filter(
      (file) => !file.includes('__pycache__') && !file.startsWith('dashboard/'),
    )
    const wanted = sources.map((file) => `package/dist/${file.replace(/\.ts$/, '.js')}`)
    wanted.push('package/dist/dashboard/built/index.html')
    expect(wanted.filter((file) => !packed.includes(file))).toEqual([])
  })
})

describe('the package, installed in a project', () => {
  it('names its version', async () => {
    expect((await exectrail(['--version'])).stdout.trim()).toBe(manifest().version)
  })

  it("runs the README's program as an ES module and, with require, as a CommonJS module", async () => {
    const ended = await Promise.all([
      runScript('program.mjs', program()),
      runScript('program.cjs', commonJs("const { createExecutor } = require('exectrail')")),
    ])
    expect(ended).toEqual([PRINTED, PRINTED])
  })

  it.each([
    [
      'Node resolves modules',
      ['program.mts', 'program.cts', 'client.mts', 'client.cts'],
      { module: 'node16' },
    ],
    ['CommonJS may require ES modules', ['program.cts'], { module: 'nodenext' }],
    ['a bundler resolves modules', ['program.ts'], { module: 'esnext', moduleResolution: 'bundler' }],
    ['a bundler resolves modules, for a browser', ['client.ts'], BROWSER],
  ])('has types, also of its client, for TypeScript where %s', async (_, sources, options) => {
    for (const file of sources) writeFileSync(join(app, file), SOURCES[file] ?? expect.unreachable())
    expect(await check(sources, options)).toMatchObject({ stdout: '', exitCode: 0 })
  })

  it('runs code on every runtime that is ready here', async () => {
    const code = 'enum Size { Small = 1 }\nexport default (input: { n: number }) => input.n + Size.Small'
    const options = ['--language', 'typescript', '--eval', code, '--input', '{"n":41}', '--json']
    const { stdout, stderr } = await exectrail(['run', '--runtime', 'all', ...options])
    const records = JSON.parse(stdout) as { runtime: string; outcome: string; result: unknown }[]
    expect(
      records.map(({ runtime }) => runtime),
      stderr,
    ).toEqual(expect.arrayContaining(['subprocess', 'vm2']))
    expect(records).toEqual(records.map(() => expect.objectContaining({ outcome: 'success', result: 42 })))
  })

  it('starts the stack from an empty folder', async () => {
    const up = await startUp(home, {}, join(app, 'node_modules/.bin/exectrail'))
    try {
      const answer = await fetch(`${up.endpoints.service}/v1/executions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${up.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          runtime: 'subprocess',
          language: 'python',
          code: 'def main(n): return n + 1',
          input: 1,
        }),
      })
      expect(await answer.json()).toMatchObject({ outcome: 'success', result: 2 })
      const env = { EXECTRAIL_URL: up.endpoints.service, EXECTRAIL_API_KEY: up.apiKey }
      expect(await runScript('client.mjs', clientProgram(), env)).toEqual({
        stdout: 'success { sum: 6 }\none\ntwo\nsuccess\n',
        stderr: '',
        exitCode: 0,
      })
    } finally {
      expect(await up.stop()).toBe(0)
    }
  })
})

const PRINTED = { stdout: 'success { sum: 6 }\n', stderr: '', exitCode: 0 }

/** A line that compiles only where the types are really there: without them, nothing would be wrong with it. */
const WRONG = `// @ts-expect-error a result has no such member
type Missing = Awaited<ReturnType<Awaited<ReturnType<typeof createExecutor>>['execute']>>['nonsense']
export type { Missing }\n`

const CLIENT_TYPES = `import type { Client, Operations } from 'exectrail/client'
declare const typed: Client
const stats = typed.getStats({ groupBy: 'runtime' })
// @ts-expect-error no such field
void typed.getStats({ groupBy: 'nonsense' })
// @ts-expect-error a reply has no such member
type Missing = Operations['getStats']['reply']['nonsense']
export type { Missing }
void stats.then(({ groups }) => groups[0]?.key.runtime?.toUpperCase())
declare const process: { env: Record<string, string | undefined>; stdout: { write: (text: string) => void } }
`
const CLIENT_IN_COMMONJS = `import { createClient } from 'exectrail/client'
void createClient({ url: 'http://127.0.0.1' }).health().then(({ status }) => status)
`
/** Without Node's types and with the DOM's. */
const BROWSER = {
  module: 'esnext',
  moduleResolution: 'bundler',
  lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
  types: [],
}

function program(): string {
  return readmeBlocks('ts')[0] ?? expect.unreachable()
}

/** The program of the client's page. */
function clientProgram(): string {
  const page = readFileSync(join(ROOT, 'docs/client.md'), 'utf8')
  return /```ts\n(?<body>[\s\S]*?)```/u.exec(page)?.groups?.['body'] ?? expect.unreachable()
}

/** The README's program where there is no top-level await. */
function commonJs(load: string): string {
  const [, ...lines] = program().split('\n')
  return `${load}\nasync function main() {\n${lines.join('\n')}\n}\nvoid main()`
}

/** What is compiled against the package. */
const SOURCES: Record<string, string> = {
  'program.ts': `${program()}\n${WRONG}`,
  'program.mts': `${program()}\n${WRONG}`,
  'program.cts': `${commonJs("import { createExecutor } from 'exectrail'")}\n${WRONG}`,
  'client.ts': CLIENT_TYPES + clientProgram(),
  'client.mts': CLIENT_TYPES + clientProgram(),
  'client.cts': CLIENT_IN_COMMONJS,
}

function manifest(): { version: string } {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
}

async function pack(): Promise<string> {
  await run('npm', ['pack', '--pack-destination', directory], ROOT)
  return join(directory, `exectrail-${manifest().version}.tgz`)
}

/** In this process's environment, which says how npm reaches its registry. */
async function run(command: string, args: readonly string[], cwd = app): Promise<string> {
  const env = Object.fromEntries(Object.entries(process.env).map(([name, value = '']) => [name, value]))
  const { stdout, stderr, exitCode } = await runProgram(command, args, { env, cwd })
  expect(exitCode, stderr).toBe(0)
  return stdout
}

function exectrail(args: readonly string[]): Promise<CommandResult> {
  return runProgram(join(app, 'node_modules/.bin/exectrail'), args, { env: environmentFor(home), cwd: home })
}

function runScript(file: string, code: string, env: Record<string, string> = {}): Promise<CommandResult> {
  writeFileSync(join(app, file), code)
  return runProgram('node', [file], { env: environmentFor(home, env), cwd: app })
}

/** Compiles strictly, declarations of packages included. */
function check(files: readonly string[], options: Record<string, string | string[]>): Promise<CommandResult> {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
    ...options,
  }
  writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
  return runProgram(join(ROOT, 'node_modules/.bin/tsc'), ['--project', '.', '--singleThreaded'], {
    env: environmentFor(home),
    cwd: app,
  })
}
