import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { logs as oldLogs } from '@opentelemetry/api-logs'
import { logs } from '@opentelemetry/api'
import { v7 as uuidv7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { createTrail, type TrailOptions } from '../../src/telemetry/sdk.ts'
import type { Trail } from '../../src/telemetry/trail.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { startOtlpSink } from '../support/otlp-sink.ts'
import { makeRecord } from '../support/records.ts'
import { waitFor } from '../support/wait.ts'

const CHILD = join(import.meta.dirname, '../support/trail-child.ts')

function openTrail(home: string, url: string | null, part: Partial<TrailOptions> = {}): Promise<Trail> {
  const resolveEndpoint = () => Promise.resolve(url === null ? null : { url, headers: {} })
  return createTrail({
    home,
    serviceName: 'test',
    executorId: uuidv7(),
    outboxMaxBytes: 1e9,
    resolveEndpoint,
    ...part,
  })
}

/** Records `count` executions at once; their ids. */
function recordMany(trail: Trail, count: number): string[] {
  return Array.from({ length: count }, () => {
    const record = makeRecord()
    trail.begin(record).complete(record)
    return record.executionId
  })
}

const idsOf = (entries: { attributes: Record<string, unknown> }[]): string[] =>
  entries.map((entry) => String(entry.attributes['code_exec.execution.id'])).toSorted()

/** Processes that begin executions in `home` and are killed; what they said. */
async function killedChild(
  home: string,
  count: number,
): Promise<{ begun: string[]; ended: string[]; startedAt: string[] }> {
  const child = spawn(process.execPath, [CHILD, home, uuidv7(), String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface(child.stdout), 'line')
  child.kill('SIGKILL')
  await once(child, 'exit')
  return JSON.parse(String(line))
}

describe('the trail', () => {
  it('leaves one span and one record of each execution, bound by one trace id, and an empty outbox', async () => {
    await using home = await temporaryDirectory()
    await using sink = await startOtlpSink()
    const trail = await openTrail(home.path, sink.url)
    const record = makeRecord({
      outcome: 'failure',
      success: false,
      errorType: 'exception',
      errorMessage: 'TypeError: no',
    })
    const entry = trail.begin(record)
    entry.complete(record)
    entry.complete(record)
    expect(entry.traceparent).toBe(`00-${entry.traceId}-${entry.spanId}-01`)
    expect(await trail.shutdown(5000)).toEqual({ left: 0 })
    expect(sink.logs.map((log) => log.eventName).toSorted()).toEqual([
      'code_exec.completed',
      'code_exec.started',
    ])
    expect(sink.spans).toMatchObject([
      { name: 'execute_code subprocess', traceId: entry.traceId, spanId: entry.spanId },
    ])
    const completed = sink.logs.find((log) => log.eventName === 'code_exec.completed')
    expect(completed).toMatchObject({ traceId: entry.traceId, spanId: entry.spanId })
    expect(completed?.attributes).toMatchObject({
      'error.type': 'exception',
      'exception.type': 'TypeError',
      'code_exec.success': false,
    })
    expect(await readdir(join(home.path, 'outbox'))).toEqual([])
  })

  it('takes along what was recorded while there was nowhere to send', async () => {
    await using home = await temporaryDirectory()
    const offline = await openTrail(home.path, null)
    const ids = recordMany(offline, 20)
    expect((await offline.shutdown(0)).left).toBeGreaterThan(0)
    await using sink = await startOtlpSink()
    // The directory still bears this process's name: its owner lives until another process looks.
    await disown(home.path)
    const next = await openTrail(home.path, sink.url)
    await next.shutdown(5000)
    expect(idsOf(sink.spans)).toEqual(ids.toSorted())
  })

  it.each([503, 500, 429, 0])(
    'keeps everything while the receiver answers %i and delivers once it takes it',
    async (status) => {
      await using home = await temporaryDirectory()
      await using sink = await startOtlpSink()
      sink.status = status
      const trail = await openTrail(home.path, sink.url)
      const ids = recordMany(trail, 50)
      await waitFor(() => sink.headers.length > 0, { timeoutMs: 5000, what: 'a first try' })
      expect(sink.spans).toEqual([])
      sink.status = 200
      expect(await trail.shutdown(20_000)).toEqual({ left: 0 })
      expect([...new Set(idsOf(sink.spans))]).toEqual(ids.toSorted())
    },
  )

  it('sets the one record a receiver refuses aside, with its words, and delivers the 500 others', async () => {
    await using home = await temporaryDirectory()
    const got: string[] = []
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        const poisoned = body.includes('poison')
        if (!poisoned && request.url === '/v1/traces') got.push(...(body.match(/execute_code/gu) ?? []))
        response.writeHead(poisoned ? 400 : 200).end(poisoned ? 'bad record' : '{}')
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const trail = await openTrail(home.path, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    recordMany(trail, 250)
    const poison = makeRecord({ codeAgentId: 'poison' })
    trail.begin(poison).complete(poison)
    recordMany(trail, 250)
    expect(await trail.flush(20_000)).toEqual({ left: 0 })
    expect(got).toHaveLength(500)
    expect(trail.status()).toMatchObject({ dead: 3, dropped: 0 })
    const [file = ''] = await readdir(join(home.path, 'outbox/dead'))
    const letters = (await readFile(join(home.path, 'outbox/dead', file), 'utf8')).trim().split('\n')
    expect(letters).toHaveLength(3)
    expect(letters.every((letter) => letter.includes('poison') && letter.includes('bad record'))).toBe(true)
    await trail.shutdown(0)
    server.closeAllConnections()
    server.close()
  })

  it('closes what a killed process had begun, once, however many adopt', async () => {
    await using home = await temporaryDirectory()
    await using sink = await startOtlpSink()
    const child = await killedChild(home.path, 20)
    const adopters = await Promise.all([1, 2, 3].map(() => openTrail(home.path, sink.url)))
    await Promise.all(adopters.map((trail) => trail.shutdown(10_000)))
    const completed = sink.logs.filter((log) => log.eventName === 'code_exec.completed')
    expect(idsOf(completed)).toEqual(child.begun.toSorted())
    expect(idsOf(sink.spans)).toEqual(child.begun.toSorted())
    const crashed = completed.filter((log) => log.attributes['error.type'] === 'executor_crashed')
    expect(idsOf(crashed)).toEqual(child.begun.filter((id) => !child.ended.includes(id)).toSorted())
    expect(crashed[0]?.attributes).toMatchObject({
      'code_exec.outcome': 'error',
      'code_exec.organization.id': 'acme',
    })
  })

  it('runs on when the outbox is full, and counts what it could not keep', async () => {
    await using home = await temporaryDirectory()
    const trail = await openTrail(home.path, null, { outboxMaxBytes: 20_000 })
    recordMany(trail, 100)
    const { begun, completed, dropped } = trail.status()
    expect({ begun, completed }).toEqual({ begun: 100, completed: 100 })
    expect(dropped).toBeGreaterThan(80)
    await trail.shutdown(0)
  })

  it('does not throw when its directory is taken away', async () => {
    await using home = await temporaryDirectory()
    await writeFile(join(home.path, 'outbox'), 'a file in its place').catch(() => undefined)
    await rm(join(home.path, 'outbox'))
    const trail = await openTrail(home.path, null)
    await rm(join(home.path, 'outbox'), { recursive: true })
    recordMany(trail, 3)
    expect(trail.status()).toMatchObject({ begun: 3, completed: 3 })
    await trail.shutdown(0)
  })

  it('takes records of other code through the new logs API and the old one', async () => {
    await using home = await temporaryDirectory()
    await using sink = await startOtlpSink()
    const trail = await openTrail(home.path, sink.url)
    logs.getLogger('new').emit({ eventName: 'from.new' })
    oldLogs.getLogger('old').emit({ eventName: 'from.old' })
    await trail.shutdown(5000)
    expect(sink.logs.map((log) => log.eventName).toSorted()).toEqual(['from.new', 'from.old'])
  })
})

/** Makes the outbox look as a process of another boot left it long ago. */
async function disown(home: string): Promise<void> {
  for (const name of await readdir(join(home, 'outbox'))) {
    const path = join(home, 'outbox', name, 'owner.json')
    const owner = JSON.parse(await readFile(path, 'utf8'))
    owner.identity.startTime = '1'
    await writeFile(path, JSON.stringify(owner))
  }
}
