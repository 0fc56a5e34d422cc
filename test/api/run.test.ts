import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createExecutor, type Executor } from '../../src/executor/executor.ts'
import type { Store } from '../../src/store/client.ts'
import { offlineConfig } from '../support/configuration.ts'
import { temporaryDirectory, type TemporaryDirectory } from '../support/directory.ts'
import { recordingTrail, type RecordingTrail } from '../support/recording-trail.ts'
import {
  absentStore,
  ACME_KEY,
  ADMIN_KEY,
  readProblem,
  startService,
  withKey,
  type TestService,
} from '../support/service.ts'
import { waitFor } from '../support/wait.ts'

let home: TemporaryDirectory
let trail: RecordingTrail
let executor: Executor
let store: Store
let service: TestService

beforeAll(async () => {
  home = await temporaryDirectory()
  trail = recordingTrail()
  executor = await createExecutor({ config: offlineConfig(home.path), trail })
  store = absentStore()
  service = await startService({ store, executor })
})
afterAll(async () => {
  await service.close()
  await store.close()
  await executor.close(0)
  await home[Symbol.asyncDispose]()
})

const python = { runtime: 'subprocess', language: 'python' }

it.each([
  [
    'python',
    'def main(input):\n    print(repr(input))\n    return input["id"] + 1',
    "{'id': 725653563933458437, 'ratio': 1.0}",
  ],
  ['bash', 'main() { echo "$1"; result 725653563933458438; }', '{"id":725653563933458437,"ratio":1.0}'],
])('brings numbers to %s digit by digit, and back', async (language, code, printed) => {
  const body = JSON.stringify({ runtime: 'subprocess', language, code })
  const answer = await service.post(
    '/v1/executions',
    body.replace(/\}$/u, ', "input": {"id": 725653563933458437, "ratio": 1.0}}'),
  )
  const text = await answer.text()
  expect(text).toContain('"result":725653563933458438')
  expect(text).toContain('"input":{"id":725653563933458437,"ratio":1.0}')
  expect(JSON.parse(text).stdout.trim()).toBe(printed)
})

it('answers 200 with the complete record, input and result as values', async () => {
  const code = 'import json\ndef main(input):\n    print("adding")\n    return {"sum": sum(input["xs"])}'
  const answer = await service.post('/v1/executions', { ...python, code, input: { xs: [1, 2, 3] } })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    outcome: 'success',
    success: true,
    organizationId: 'default',
    input: { xs: [1, 2, 3] },
    result: { sum: 6 },
    stdout: 'adding\n',
    exitCode: 0,
    files: [],
  })
})

it('answers 200 for code that fails, too', async () => {
  const answer = await service.post('/v1/executions', {
    runtime: 'subprocess',
    language: 'bash',
    code: 'exit 3',
  })
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    outcome: 'failure',
    errorType: 'exit_code',
    exitCode: 3,
    result: null,
  })
})

it('runs for the organization of a bound key', async () => {
  const request = { runtime: 'subprocess', language: 'bash', code: 'true' }
  const answer = await service.post('/v1/executions', request, withKey(ACME_KEY).headers)
  expect(await answer.json()).toMatchObject({ outcome: 'success', organizationId: 'acme' })
})

it('refuses a request with everything that is wrong with it, and runs nothing', async () => {
  const before = trail.parents.length
  const answer = await service.post('/v1/executions', {
    runtime: 'docker',
    language: 'cobol',
    code: '',
    limits: { timeoutMs: -1, memoryMb: 1e9 },
    surprise: true,
  })
  const problem = await readProblem(answer)
  expect(problem.status).toBe(422)
  const paths = (problem.errors ?? []).map((issue) => issue.path)
  expect(paths).toEqual(
    expect.arrayContaining(['runtime', 'language', 'code', 'limits.timeoutMs', 'limits.memoryMb']),
  )
  expect(JSON.stringify(problem.errors)).toContain('surprise')
  expect(trail.parents).toHaveLength(before)
})

it.each([
  ['signal', 'cannot come over HTTP'],
  ['onOutput', 'cannot come over HTTP'],
  ['parent', 'cannot come over HTTP; send the header traceparent'],
  ['traceparent', 'send it as a header'],
  ['tracestate', 'send it as a header'],
])('refuses %s in a body: %s', async (name, message) => {
  const answer = await service.post('/v1/executions', { ...python, code: '1', [name]: {} })
  expect((await readProblem(answer)).errors).toEqual([{ path: name, message }])
})

it('cancels the execution when the caller hangs up', async () => {
  const caller = new AbortController()
  const before = trail.completed.length
  const hungUp = service.ask('/v1/executions', {
    method: 'POST',
    headers: { ...withKey(ADMIN_KEY).headers, 'Content-Type': 'application/json' },
    body: JSON.stringify({ ...python, code: 'while True: pass', limits: { timeoutMs: 60_000 } }),
    signal: caller.signal,
  })
  await waitFor(() => executor.status().running === 1, { what: 'the run to begin' })
  caller.abort()
  await expect(hungUp).rejects.toThrow(/abort/)
  await waitFor(() => trail.completed.length > before, { what: 'the record' })
  expect(trail.completed.at(-1)).toMatchObject({ outcome: 'cancelled', errorType: 'cancelled' })
})

it('refuses a body that is no UTF-8 or came packed, instead of running something else', async () => {
  const bytes = Buffer.from('{"runtime":"subprocess","language":"bash","code":"echo \u00ff"}', 'latin1')
  const headers = { ...withKey(ADMIN_KEY).headers, 'Content-Type': 'application/json' }
  const latin = await service.ask('/v1/executions', { method: 'POST', headers, body: bytes })
  expect(await readProblem(latin)).toMatchObject({ status: 400, detail: 'the body is not UTF-8' })
  const packed = await service.post('/v1/executions', '{}', { 'Content-Encoding': 'gzip' })
  expect(await readProblem(packed)).toMatchObject({ status: 415 })
})

it('answers a hostile result and a flood of wrong fields in words, not with its own failure', async () => {
  const result = `result "$(printf '[%.0s' $(seq 5000))$(printf ']%.0s' $(seq 5000))"`
  const deep = await service.post('/v1/executions', {
    runtime: 'subprocess',
    language: 'bash',
    code: `main() { ${result}; }`,
  })
  expect(await deep.json()).toMatchObject({ outcome: 'failure', errorType: 'exception', result: null })
  const env = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`${index}`, 1]))
  const flood = await service.post('/v1/executions', {
    runtime: 'subprocess',
    language: 'bash',
    code: '1',
    env,
  })
  const problem = await readProblem(flood)
  expect(problem).toMatchObject({ status: 422, errors: [{ path: 'env' }] })
  expect(service.logged).toEqual([])
})

/** How many requests ended before their body. */
async function cutShort(): Promise<number> {
  const text = await (await service.ask('/metrics')).text()
  const count =
    /^exectrail_http_requests_total\{method="POST",route="\/v1\/executions",status="400"[^}]*\} (?<n>\d+)/mu
  return Number(count.exec(text)?.groups?.['n'] ?? 0)
}

it.each([
  ['whose length it knows', 'Content-Length: 100\r\n\r\n{"runtime"'],
  ['of chunks', 'Transfer-Encoding: chunked\r\n\r\n9\r\n{"run'],
  ['of chunks that are none', 'Transfer-Encoding: chunked\r\n\r\nzz\r\n'],
])('says nothing in its log of a caller who hangs up in the middle of a body %s', async (_, body) => {
  const head = `POST /v1/executions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${ADMIN_KEY}\r\n`
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1')
  await once(socket, 'connect')
  const before = await cutShort()
  socket.write(`${head}Content-Type: application/json\r\n${body}`, () => socket.destroy())
  await waitFor(async () => (await cutShort()) > before, {
    what: 'the end of the request',
  })
  expect(service.logged).toEqual([])
})

it("makes the caller's traceparent the parent of the span", async () => {
  const traceId = '11112222333344445555666677778888'
  const request = { runtime: 'subprocess', language: 'bash', code: 'true' }
  const traceparent = `00-${traceId}-b7ad6b7169203331-01`
  await service.post('/v1/executions', request, { traceparent })
  expect(trail.parents.at(-1)).toBe(traceId)
  await service.post('/v1/executions', request)
  expect(trail.parents.at(-1)).toBeNull()
})

it('runs once for one idempotency key, and refuses the key for another request', async () => {
  const headers = { 'Idempotency-Key': 'once' }
  const request = { runtime: 'subprocess', language: 'bash', code: 'echo $RANDOM' }
  const [first, second] = await Promise.all([
    service.post('/v1/executions', request, headers),
    service.post('/v1/executions', request, headers),
  ])
  expect(await first.json()).toEqual(await second.json())
  const other = await service.post('/v1/executions', { ...request, code: 'true' }, headers)
  expect(await readProblem(other)).toMatchObject({ status: 409, code: 'conflict' })
})

it('lists the runtimes with what each needs', async () => {
  const { data } = await service.json<{ data: { name: string; ready: boolean; languages: string[] }[] }>(
    '/v1/runtimes',
  )
  expect(data.find(({ name }) => name === 'subprocess')).toMatchObject({
    ready: true,
    languages: expect.arrayContaining(['python', 'bash']),
  })
  for (const runtime of data)
    expect(runtime).toMatchObject({ missing: expect.any(Array), notes: expect.any(Array) })
})
