import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { environmentFor, exectrail } from '../support/command-line.ts'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'exectrail-usage-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

it('shows every command on stdout with --help', async () => {
  const { exitCode, stdout, stderr } = await exectrail(['--help'], environmentFor(home))
  expect(exitCode).toBe(0)
  for (const command of ['up', 'run', 'logs', 'stats', 'sql', 'doctor', 'migrate', 'prepare'])
    expect(stdout).toContain(`  ${command} `)
  expect(stderr).toBe('')
})

it.each([
  ['an unknown command', ['jump']],
  ['an unknown option', ['run', '--jump']],
  ['a missing argument', ['sql']],
  ['two forms of output at once', ['logs', '--json', '--ndjson']],
  ['code of no language', ['run', '-e', '1']],
  ['an unknown runtime', ['run', '-e', '1', '-l', 'bash', '-r', 'docker']],
  ['a span that is none', ['logs', '--since', 'yesterday']],
  ['a limit that is none', ['logs', '--limit', '0']],
  ['a program that cannot be prepared', ['prepare', 'docker']],
])('exits 2 for %s, saying what and how to fix it only on stderr', async (_, args) => {
  const { exitCode, stdout, stderr } = await exectrail(args, environmentFor(home))
  expect(exitCode).toBe(2)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^error: /)
})

it('leads to the help of the very command that lacks something', async () => {
  const { stderr } = await exectrail(['agent', 'keys', 'new'], environmentFor(home))
  expect(stderr).toContain('fix: see `exectrail agent keys new --help`')
})

it('does not obey what it was given for a command', async () => {
  const { stderr } = await exectrail(['jump\u001b[2J'], environmentFor(home))
  expect(stderr).toContain("unknown command 'jump␛[2J'")
})

it('names every bad variable of the environment at once and exits 78', async () => {
  const env = environmentFor(home, {
    EXECTRAIL_PORT: 'seventy',
    CLICKHOUSE_URL: 'nowhere',
    EXECTRAIL_API_KEY: 'short',
  })
  const { exitCode, stdout, stderr } = await exectrail(['logs'], env)
  expect(exitCode).toBe(78)
  expect(stdout).toBe('')
  for (const name of ['EXECTRAIL_PORT', 'CLICKHOUSE_URL', 'EXECTRAIL_API_KEY'])
    expect(stderr).toContain(`${name}: `)
})

it.each([[['logs']], [['stats', 'a']], [['sql', 'SELECT 1']], [['migrate']]])(
  'says how to start a stack where none runs: %s',
  async (args) => {
    const { exitCode, stdout, stderr } = await exectrail([...args, '--json'], environmentFor(home))
    expect(exitCode).toBe(125)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^error: .*\nfix: .*exectrail up/)
  },
)

it('prepares what is there already by printing where it is', async () => {
  const { exitCode, stdout } = await exectrail(['prepare', 'collector'], environmentFor(home))
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^\S.*\n$/)
})

it('loads no package but commander before a command begins', async () => {
  const list = `import { registerHooks } from 'node:module'
    const packages = new Set()
    registerHooks({
      load(url, context, next) {
        const [, name] = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/u.exec(url) ?? []
        if (name !== undefined) packages.add(name)
        return next(url, context)
      },
    })
    process.on('exit', () => process.stderr.write(JSON.stringify([...packages])))`
  const options = `--import=data:text/javascript,${encodeURIComponent(list)}`
  const { stderr } = await exectrail(['--help'], environmentFor(home, { NODE_OPTIONS: options }))
  expect(JSON.parse(stderr)).toEqual(['commander'])
})
