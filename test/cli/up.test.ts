import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { endpointsPath, readEndpoints } from '../../src/stack/endpoints.ts'
import { environmentFor, exectrail } from '../support/command-line.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'
import { waitFor } from '../support/wait.ts'

const EXECTRAIL = join(import.meta.dirname, '../../bin/exectrail')

let home: TemporaryDirectory
let env: Record<string, string>
let up: ChildProcess
let data = ''
let talk = ''

beforeAll(async () => {
  home = await temporaryDirectory()
  env = environmentFor(home.path)
  await exectrail(['run', '-e', 'true', '-l', 'bash', '--agent', 'early'], env)
  up = spawn(EXECTRAIL, ['up', '--samples'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  up.stdout?.on('data', (bytes: Buffer) => (data += bytes.toString()))
  up.stderr?.on('data', (bytes: Buffer) => (talk += bytes.toString()))
  await waitFor(
    () => {
      if (up.exitCode !== null) throw new Error(`up ended with ${up.exitCode}: ${talk}`)
      return talk.includes('Running. Ctrl-C')
    },
    { timeoutMs: 280_000, what: () => `up to be ready: ${talk}` },
  )
})
afterAll(async () => {
  if (up.exitCode === null) up.kill('SIGKILL')
  await home[Symbol.asyncDispose]()
})

it('prints a link that signs a browser in with the key it made', async () => {
  const link = /open +(?<link>\S+)/u.exec(data)?.groups?.['link'] ?? ''
  const signedIn = await fetch(link, { redirect: 'manual' })
  expect(signedIn.status).toBe(303)
  const cookie = signedIn.headers.get('Set-Cookie')?.split(';')[0] ?? ''
  const page = await fetch(new URL('/v1/executions', link), { headers: { cookie } })
  expect(page.status).toBe(200)
})

it('shows the samples it ran and the stats the store then had of them', () => {
  for (const language of ['python', 'javascript', 'typescript', 'bash']) expect(data).toContain(language)
  expect(talk).toMatch(/All records could be read [\d.]+ m?s after the last run ended/u)
  expect(data).toMatch(/subprocess +6 [\s\S]*vm2 +1 /u)
  expect(data).toContain("KeyError: 'missing'")
})

it('runs more samples, of agents in two versions of which the newer one fails', async () => {
  expect(talk).toContain('more, of other agents')
  const query =
    "SELECT code_agent_version AS version, countIf(NOT success) > 0 AS fails FROM code_exec_logs WHERE code_agent_id = 'price-watcher' GROUP BY version ORDER BY version"
  const read = async (): Promise<unknown> => {
    const { stdout } = await exectrail(['sql', query, '--json'], env)
    const rows: unknown[] = JSON.parse(stdout)
    return rows.length === 2 ? rows : null
  }
  const rows = await waitFor(read, { what: 'both versions' })
  expect(rows).toMatchObject([{ version: '1.0.0' }, { version: '1.1.0' }])
})

it('has the agents that come with exectrail, of which the samples ran some, and runs them by name', async () => {
  const input = '{"csv": "name,price\\npear,2.5\\nfig,3"}'
  const ran = await exectrail(['run', 'exectrail/csv-summary', '--input', input, '--json'], env)
  expect(ran.exitCode, ran.stderr).toBe(0)
  expect(JSON.parse(ran.stdout)).toMatchObject({
    codeAgentId: 'exectrail/csv-summary',
    codeAgentVersion: '1.0.0',
    result: { rows: 2, columns: [{ name: 'name' }, { name: 'price', type: 'number', sum: 5.5 }] },
  })
  const query =
    "SELECT DISTINCT code_agent_id AS name FROM code_exec_logs WHERE startsWith(code_agent_id, 'exectrail/') AND user_id = 'you' AND success ORDER BY name"
  const read = async (): Promise<unknown> => {
    const { stdout } = await exectrail(['sql', query, '--json'], env)
    const rows: unknown[] = JSON.parse(stdout)
    return rows.length === 3 ? rows : null
  }
  expect(await waitFor(read, { what: 'the samples' })).toMatchObject(
    ['csv-summary', 'markdown-toc', 'unit-conversion'].map((name) => ({ name: `exectrail/${name}` })),
  )
})

it('lets the command line ask without being given a key, also for what ran before it started', async () => {
  const { exitCode, stdout, stderr } = await exectrail(['logs', 'early', '--json'], env)
  expect(exitCode, stderr).toBe(0)
  expect(JSON.parse(stdout).data).toMatchObject([{ codeAgentId: 'early', outcome: 'success' }])
})

it('makes the request that ran an execution the parent of its span, and a child of the caller’s', async () => {
  const link = new URL(/open +(?<link>\S+)/u.exec(data)?.groups?.['link'] ?? '')
  const headers = {
    Authorization: `Bearer ${link.searchParams.get('key')}`,
    'Content-Type': 'application/json',
  }
  const [traceId, callerId] = ['11112222333344445555666677778888', 'b7ad6b7169203331']
  await fetch(new URL('/v1/executions', link), {
    method: 'POST',
    headers: { ...headers, traceparent: `00-${traceId}-${callerId}-01` },
    body: JSON.stringify({ runtime: 'subprocess', language: 'bash', code: 'true' }),
  })
  const query = `SELECT SpanName, SpanKind, SpanId, ParentSpanId, ResourceAttributes['process.runtime.name'] AS runtime FROM otel_traces WHERE TraceId = '${traceId}' ORDER BY SpanKind`
  const endpoints = await readEndpoints(home.path)
  const store = createClient({
    url: endpoints?.clickhouse ?? '',
    username: endpoints?.clickhouseUser ?? '',
    password: endpoints?.clickhousePassword ?? '',
    database: 'exectrail',
  })
  const read = async (): Promise<Record<string, string>[] | null> => {
    const rows = await (await store.query({ query, format: 'JSONEachRow' })).json<Record<string, string>>()
    return rows.length < 2 ? null : rows
  }
  const spans = await waitFor(read, { what: 'the two spans' })
  await store.close()
  expect(spans).toEqual([
    expect.objectContaining({ SpanName: 'execute_code subprocess', ParentSpanId: spans[1]?.['SpanId'] }),
    expect.objectContaining({
      SpanName: 'POST /v1/executions',
      SpanKind: 'Server',
      ParentSpanId: callerId,
      runtime: 'nodejs',
    }),
  ])
})

it('answers SQL, as the user who only reads', async () => {
  const { exitCode, stdout, stderr } = await exectrail(['sql', 'SELECT 1 AS one', '--json'], env)
  expect(exitCode, stderr).toBe(0)
  expect(JSON.parse(stdout)).toEqual([{ one: 1 }])
})

it('passes every check of doctor', async () => {
  const { exitCode, stdout } = await exectrail(['doctor', '--json'], env)
  expect(JSON.parse(stdout), stdout).toMatchObject({ healthy: true })
  expect(exitCode).toBe(0)
})

it('has stored everything that was begun, once, and shows every queue empty', async () => {
  const { exitCode, stdout, stderr } = await exectrail(['reconcile', '--json'], env)
  expect(exitCode, stdout + stderr).toBe(0)
  const { begun, stored } = JSON.parse(stdout)
  // The early one, the samples, and the probe of doctor.
  expect(begun).toBeGreaterThanOrEqual(9)
  expect(JSON.parse(stdout)).toMatchObject({
    stored: begun,
    pending: 0,
    missing: [],
    duplicated: [],
    dead: [],
  })
  const link = new URL(/open +(?<link>\S+)/u.exec(data)?.groups?.['link'] ?? '')
  const headers = { Authorization: `Bearer ${link.searchParams.get('key')}` }
  const metrics = await (await fetch(new URL('/metrics', link), { headers })).text()
  const completed = String.raw`\{exporter="clickhouse/completed",signal="log_records"\}`
  expect(metrics).toMatch(new RegExp(`^exectrail_collector_exporter_queue_bytes${completed} 0$`, 'mu'))
  expect(metrics).toMatch(new RegExp(`^exectrail_collector_exporter_sent_total${completed} ${stored}$`, 'mu'))
})

it('says so when a second one is started for the same home, and harms nothing', async () => {
  const { exitCode, stdout, stderr } = await exectrail(['up'], env)
  expect(exitCode).toBe(125)
  expect(stdout).toBe('')
  expect(stderr).toMatch(/^error: [\s\S]*^fix: /mu)
  expect((await exectrail(['logs', '--json'], env)).exitCode).toBe(0)
})

it('stops clean on SIGINT, even while code still runs', async () => {
  const link = new URL(/open +(?<link>\S+)/u.exec(data)?.groups?.['link'] ?? '')
  const headers = {
    Authorization: `Bearer ${link.searchParams.get('key')}`,
    'Content-Type': 'application/json',
  }
  const code = 'while :; do :; done'
  const body = JSON.stringify({
    runtime: 'subprocess',
    language: 'bash',
    code,
    limits: { timeoutMs: 120_000 },
  })
  const running = fetch(new URL('/v1/executions', link), { method: 'POST', headers, body }).catch(() => null)
  await waitFor(
    async () =>
      /^exectrail_executions_running 1$/mu.test(
        await (await fetch(new URL('/metrics', link), { headers })).text(),
      ),
    { what: 'the run to begin' },
  )
  up.kill('SIGINT')
  const [exitCode] = await once(up, 'exit')
  await running
  expect(exitCode).toBe(0)
  expect(talk).toMatch(/Stopped\.\n$/u)
  expect(existsSync(endpointsPath(home.path))).toBe(false)
})
