/** An installation is backed up, destroyed and restored. */
import { appendFile, cp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  environmentFor,
  exectrail,
  startUp,
  type CommandResult,
  type RunningUp,
} from '../support/command-line.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'
import { waitFor } from '../support/wait.ts'

const CONTEXT = { organizationId: 'acme', codeAgentId: 'agent' }
/** Every stored column. */
const SQL = 'SELECT * FROM code_executions ORDER BY execution_id'

let parent: TemporaryDirectory
let up: RunningUp
let backedUp: string
let before: unknown
let secret: string

beforeAll(async () => {
  parent = await temporaryDirectory()
  backedUp = join(parent.path, 'backup')
  up = await startUp(join(parent.path, 'home'))
  for (const code of ['echo one', 'echo "no such thing" >&2; exit 3', "printf 'a\\0\\377'", 'seq 1 30000'])
    await ask(up, '/v1/executions', { runtime: 'subprocess', language: 'bash', code, context: CONTEXT })
  const { secret: made } = await ask<{ secret: string }>(up, '/v1/keys', {
    name: 'reader',
    scopes: ['read'],
    organizationId: 'acme',
  })
  secret = made
  await waitFor(async () => (await list(up)).length === 4, { what: 'the rows' })
  await waitFor(async () => (await objects(up.home)).length === 1, { what: 'the blob' })
  before = await readAll(up)
})
afterAll(async () => {
  await up.stop()
  await parent[Symbol.asyncDispose]()
})

it('a backup of a running installation, restored where it was destroyed, has the same rows, spans and keys', async () => {
  const blobs = await objects(up.home)
  const made = await run(up.env, 'backup', backedUp, '--json')
  expect(JSON.parse(made.stdout)).toMatchObject({
    files: 3,
    metadataRows: expect.any(Number),
    blobs: { objects: 1 },
  })
  expect((await stat(backedUp)).mode & 0o077).toBe(0)
  await up.stop()
  await rm(up.home, { recursive: true })

  const restored = await run(up.env, 'restore', backedUp)
  expect(restored.stderr).toMatch(/Restored 4 executions, \d+ rows of metadata and 1 blobs/)
  up = await startUp(up.home)
  expect(await readAll(up)).toEqual(before)
  expect(await list(up, secret)).toHaveLength(4)
  expect(await objects(up.home)).toEqual(blobs)
})

it('a second backup of the same name, and a restore where something is, are refused', async () => {
  expect(await refused(up.env, 'backup', backedUp)).toContain('is there already')
  expect(await refused(up.env, 'restore', backedUp)).toContain('not empty')
})

it('a damaged backup names all that is wrong, and nothing is written', async () => {
  const damaged = join(parent.path, 'damaged')
  await cp(backedUp, damaged, { recursive: true })
  const [first = '', second = ''] = (await readdir(damaged)).filter((name) => name.endsWith('.zst'))
  await appendFile(join(damaged, first), 'x')
  await rm(join(damaged, second))
  const home = join(parent.path, 'new')
  const said = await refused(environmentFor(home), 'restore', damaged)
  expect(said).toContain(first)
  expect(said).toContain(second)
  await expect(stat(home)).rejects.toThrow('ENOENT')
})

it('a list of contents that names a path outside the backup is refused', async () => {
  const hostile = join(parent.path, 'hostile')
  await cp(backedUp, hostile, { recursive: true })
  const path = join(hostile, 'backup.json')
  const text = await readFile(path, 'utf8')
  await rm(path)
  await appendFile(path, text.replace(/"name":"[^"]*"/, '"name":"../../etc/passwd"'))
  expect(await refused(environmentFor(join(parent.path, 'new')), 'restore', hostile)).toContain(
    'is no backup',
  )
})

async function ask<T>(
  { endpoints, apiKey }: RunningUp,
  path: string,
  body?: unknown,
  key = apiKey,
): Promise<T> {
  const answer = await fetch(`${endpoints.service}${path}`, {
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
  })
  expect(answer.status, `${path}: ${await answer.clone().text()}`).toBe(200)
  return answer.json() as Promise<T>
}

async function list(running: RunningUp, key?: string): Promise<{ traceId: string }[]> {
  const path = '/v1/executions?organization=acme'
  return (await ask<{ data: { traceId: string }[] }>(running, path, undefined, key)).data
}

async function readAll(running: RunningUp): Promise<unknown> {
  const [rows, executions] = [await ask(running, '/v1/sql', { query: SQL }), await list(running)]
  const traces = await Promise.all(
    executions.map(async ({ traceId }) => {
      const path = `/v1/traces/${traceId}?organization=acme`
      const { window: _now, ...trace } = await ask<{ window: unknown }>(running, path)
      return trace
    }),
  )
  return { rows, executions, traces }
}

async function run(env: Record<string, string>, ...args: string[]): Promise<CommandResult> {
  const ended = await exectrail(args, env)
  expect(ended.exitCode, ended.stderr).toBe(0)
  return ended
}

async function refused(env: Record<string, string>, ...args: string[]): Promise<string> {
  const ended = await exectrail(args, env)
  expect(ended.exitCode, ended.stderr).toBe(2)
  return ended.stderr
}

async function objects(home: string): Promise<string[]> {
  const names = await readdir(join(home, 'blobs'), { recursive: true }).catch(() => [])
  return names.filter((name) => /[0-9a-f]{64}$/u.test(name) && name.includes('/')).toSorted()
}
