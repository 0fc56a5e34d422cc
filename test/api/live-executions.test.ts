import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApiStack, type ApiStack } from '../support/api-stack.ts'
import { bash, controlOf } from '../support/async-executions.ts'
import { openEvents, type ReceivedEvent } from '../support/event-stream.ts'
import { insertRecords, makeRecord } from '../support/records.ts'
import { ACME_KEY, GLOBEX_KEY, readProblem, withKey } from '../support/service.ts'

let stack: ApiStack

beforeAll(async () => {
  stack = await startApiStack()
})
afterAll(() => stack.stop())

const { begin, get, ended, inPhase, cancel } = controlOf(() => stack.service)

describe('an execution that its caller does not wait for', () => {
  it('says that it runs, then gives the complete answer with its files', async () => {
    const id = await begin({
      runtime: 'subprocess',
      language: 'python',
      code: 'import time\ndef main(input):\n    time.sleep(1)\n    open("/out/a.txt", "w").write("kept")\n    return input["n"] + 1',
      input: { n: 41 },
    })
    expect(await inPhase(id, 'running')).toMatchObject({
      executionId: id,
      organizationId: 'acme',
      queuePosition: null,
    })
    expect(await ended(id)).toMatchObject({
      outcome: 'success',
      result: 42,
      files: [{ path: 'a.txt', content: 'kept' }],
    })
  })

  it('is the same execution for the same idempotency key', async () => {
    const key = { 'Idempotency-Key': 'once' }
    const first = await begin(bash('echo once'), ACME_KEY, key)
    expect(await begin(bash('echo once'), ACME_KEY, key)).toBe(first)
    expect(await ended(first)).toMatchObject({ stdout: 'once\n' })
    // The answer is there, so that nothing has to be waited for.
    const again = await stack.service.post('/v1/executions', bash('echo once'), {
      ...withKey(ACME_KEY).headers,
      ...key,
      Prefer: 'respond-async',
    })
    expect([again.status, await again.json()]).toMatchObject([200, { executionId: first, stdout: 'once\n' }])
  })

  it('also gives its complete answer where another caller with its key began it and waits', async () => {
    const key = { 'Idempotency-Key': 'joined', ...withKey(ACME_KEY).headers }
    const body = bash('sleep 0.5; echo joined > /out/a.txt')
    const waiting = stack.service.post('/v1/executions', body, key)
    const id = await begin(body, ACME_KEY, { 'Idempotency-Key': 'joined' })
    expect(await (await waiting).json()).toMatchObject({ executionId: id })
    expect(await ended(id)).toMatchObject({ files: [{ path: 'a.txt' }] })
  })

  it('refuses a bad request at once', async () => {
    const answer = await stack.service.post('/v1/executions', bash(''), { Prefer: 'respond-async' })
    expect(await readProblem(answer)).toMatchObject({ status: 422, errors: [{ path: 'code' }] })
  })

  it('is hidden from other organizations', async () => {
    const id = await begin(bash('sleep 1'))
    expect(await get(id, GLOBEX_KEY)).toMatchObject({ status: 404 })
    expect((await cancel(id, GLOBEX_KEY)).status).toBe(404)
    const output = await stack.service.ask(`/v1/executions/${id}/output`, withKey(GLOBEX_KEY))
    expect(output.status).toBe(404)
    expect(await ended(id)).toMatchObject({ outcome: 'success' })
  })
})

describe('cancelling', () => {
  it('ends a running execution, and says so again', async () => {
    const id = await begin(bash('echo begun; sleep 60'))
    await inPhase(id, 'running')
    const answer = await cancel(id)
    expect([answer.status, await answer.json()]).toEqual([202, { executionId: id, status: 'cancelling' }])
    expect(await ended(id)).toMatchObject({ outcome: 'cancelled', stdout: 'begun\n' })
    const again = await cancel(id)
    expect([again.status, await again.json()]).toEqual([200, { executionId: id, status: 'cancelled' }])
  })

  it('ends an execution that waits, whose place in the queue is shown', async () => {
    const running: string[] = []
    // More than any machine of a test runs at once for one organization.
    for (let index = 0; index < 70; index += 1) running.push(await begin(bash('sleep 60')))
    const last = running.at(-1) ?? ''
    const { body } = await get(last)
    expect(body).toMatchObject({ phase: 'queued' })
    expect(body['queuePosition']).toBeGreaterThan(1)
    expect((await cancel(last)).status).toBe(202)
    expect(await ended(last)).toMatchObject({ outcome: 'cancelled', durationMs: 0, startupMs: 0 })
    await Promise.all(running.map((id) => cancel(id)))
    await Promise.all(running.map((id) => ended(id)))
  })

  it('says why it cannot: it ended, or there is none', async () => {
    const id = await begin(bash('true'))
    await ended(id)
    const problem = await readProblem(await cancel(id))
    expect(problem).toMatchObject({ status: 409, code: 'conflict' })
    expect(problem.detail).toMatch(/^it ended at .* with outcome success$/)
    const stored = makeRecord({ outcome: 'failure', success: false })
    await insertRecords(stack.clickhouse, [stored])
    expect(await readProblem(await cancel(stored.executionId))).toMatchObject({ status: 409 })
    expect((await cancel('0197f7a0-0000-7000-8000-000000000000')).status).toBe(404)
  })
})

describe('output', () => {
  const text = (events: readonly ReceivedEvent[], stream: string): string =>
    events
      .filter(({ event }) => event === stream)
      .map(({ data }) => data.text)
      .join('')

  it('arrives in order while the code runs, and ends with the outcome', async () => {
    const id = await begin(bash('echo one; sleep 0.3; echo two >&2; sleep 0.3; echo three; exit 3'))
    const reader = await openEvents(stack.service, `/v1/executions/${id}/output`, { key: ACME_KEY })
    expect(reader.headers.get('X-Accel-Buffering')).toBe('no')
    expect(await reader.next()).toEqual({ id: '4', event: 'stdout', data: { text: 'one\n' } })
    expect((await get(id)).status).toBe(202)
    const rest = await reader.rest()
    expect(rest.map(({ id: place, event }) => [place, event])).toEqual([
      ['8', 'stderr'],
      ['14', 'stdout'],
      ['end', 'end'],
    ])
    expect(rest.at(-1)?.data).toMatchObject({ outcome: 'failure', errorType: 'exit_code', exitCode: 3 })
  })

  it('goes on behind the last event that a reader had', async () => {
    const id = await begin(bash('for i in 1 2 3 4; do echo $i; sleep 0.05; done'))
    await ended(id)
    const path = `/v1/executions/${id}/output`
    const all = await (await openEvents(stack.service, path)).rest()
    expect(text(all, 'stdout')).toBe('1\n2\n3\n4\n')
    const resumed = await (await openEvents(stack.service, path, { lastEventId: all[0]?.id ?? '' })).rest()
    expect(resumed).toEqual(all.slice(1))
    const over = await stack.service.ask(path, {
      headers: { ...withKey(ACME_KEY).headers, 'Last-Event-ID': 'end' },
    })
    expect(over.status).toBe(204)
    const foreign = await stack.service.ask(path, {
      headers: { ...withKey(ACME_KEY).headers, 'Last-Event-ID': 'nonsense' },
    })
    expect(await readProblem(foreign)).toMatchObject({ status: 422, errors: [{ path: 'Last-Event-ID' }] })
  })

  it('is not held up by a reader that takes nothing, which then gets what is missing', async () => {
    const id = await begin(bash('head -c 30000000 /dev/zero | tr "\\0" x; echo; echo last'))
    const slow = await openEvents(stack.service, `/v1/executions/${id}/output`)
    expect(await ended(id)).toMatchObject({ outcome: 'success', stdoutBytes: 30_000_006 })
    const events = await slow.rest()
    const skipped = events
      .filter(({ event }) => event === 'skipped')
      .reduce((sum, { data }) => sum + data.bytes, 0)
    expect(skipped).toBeGreaterThan(0)
    expect(text(events, 'stdout').length + skipped).toBe(30_000_006)
    expect(text(events, 'stdout').endsWith('\nlast\n')).toBe(true)
    expect(events.at(-1)).toMatchObject({ event: 'end', data: { outcome: 'success' } })
  })

  it('of an execution that ended earlier is what its record keeps', async () => {
    const stored = makeRecord({ stdout: 'out\n', stderr: 'err\n', stdoutBytes: 4, stderrBytes: 4 })
    await insertRecords(stack.clickhouse, [stored])
    const path = `/v1/executions/${stored.executionId}/output`
    const events = await (await openEvents(stack.service, path)).rest()
    expect(events.map(({ event, id }) => [event, id])).toEqual([
      ['stdout', 'record-1'],
      ['stderr', 'record-2'],
      ['end', 'end'],
    ])
    const after = await (await openEvents(stack.service, path, { lastEventId: 'record-1' })).rest()
    expect(after).toEqual(events.slice(1))
    const midst = await (await openEvents(stack.service, path, { lastEventId: '3' })).rest()
    expect(midst.map(({ event }) => event)).toEqual(['restart', 'stdout', 'stderr', 'end'])
  })
})
