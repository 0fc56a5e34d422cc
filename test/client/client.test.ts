import { gzipSync } from 'node:zlib'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  createClient,
  paginate,
  ProblemError,
  type Client,
  type OutputEvent,
} from '../../src/client/index.ts'
import type { ApiStack } from '../support/api-stack.ts'
import { END, HOURS, iso, records, startAskedStack } from '../support/asked-records.ts'
import { ACME_KEY, ADMIN_KEY } from '../support/service.ts'
import { waitFor } from '../support/wait.ts'

const FROM = new Date(END - HOURS * 3_600_000)
/** The client reads these by `openContent` and `openOutFile`; a link is read without it. */
const CONTENT = /^get(?:Stdout|Stderr|Code|Input|Request|Result|OutFile|LinkedContent)$/u
const WINDOW = { organization: 'asking', from: FROM, to: iso(END) }

let stack: ApiStack
let client: Client

beforeAll(async () => {
  stack = await startAskedStack()
  client = createClient({ url: `${stack.service.url}/`, key: ADMIN_KEY })
})
afterAll(() => stack.stop())

describe('the client', () => {
  it('has a method for each operation of the service', async () => {
    const document = await client.request<{ paths: Record<string, Record<string, { operationId: string }>> }>(
      {
        method: 'GET',
        path: '/openapi.json',
      },
    )
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    )
    expect(ids.filter((id) => !Object.hasOwn(client, id) && !CONTENT.test(id))).toEqual([])
  })

  it('is small, needs nothing of Node and nothing of the server', async () => {
    const entry = join(import.meta.dirname, '../../src/client/index.ts')
    const options = { bundle: true, format: 'esm', minify: true, write: false, metafile: true } as const
    const bundled = await build({ ...options, entryPoints: [entry], platform: 'browser' })
    const inputs = Object.keys(bundled.metafile.inputs)
    expect(inputs.filter((path) => !path.startsWith('src/client/'))).toEqual([])
    expect(gzipSync(bundled.outputFiles[0]?.contents ?? '').byteLength).toBeLessThan(5000)
  })

  it('iterates over every execution of a list, page after page', async () => {
    const seen: string[] = []
    const input = { ...WINDOW, codeAgentId: ['a', 'b'], limit: 40, fields: ['executionId'] } as const
    for await (const { executionId } of paginate(client.listExecutions, input))
      seen.push(executionId ?? 'none')
    const wanted = records.filter(({ codeAgentId }) => codeAgentId === 'a' || codeAgentId === 'b')
    expect(seen.toSorted()).toEqual(wanted.map(({ executionId }) => executionId).toSorted())
  })

  it('sends filters, lists of names and ids in paths as the service reads them', async () => {
    const where = ['durationMs>=1000', 'outcome!=success']
    const { total, groups } = await client.getStats({
      ...WINDOW,
      where,
      groupBy: ['runtime', 'codeAgentId'],
      limit: 3,
    })
    expect(total.count).toBe(
      records.filter(({ durationMs, success }) => durationMs >= 1000 && !success).length,
    )
    expect(groups).toHaveLength(3)
    const agent = await client.getAgentStats({ id: 'a/ü?&', organization: 'asking', from: FROM })
    expect(agent).toMatchObject({ agentId: 'a/ü?&', count: 0 })
    await expect(client.getAgentStats({ id: '..' })).rejects.toThrow(/cannot stand in the path/)
  })

  it('runs code, with or without waiting, follows its output and cancels it', async () => {
    const program = { runtime: 'subprocess', language: 'bash' } as const
    const done = await client.runCode({ ...program, code: 'echo {} > /out/a.json; echo hi' })
    expect(done).toMatchObject({ outcome: 'success', stdout: 'hi\n', files: [{ path: 'a.json' }] })

    const started = await client.startCode({ ...program, code: 'echo one; sleep 0.3; echo two' })
    expect(started.phase).not.toBeUndefined()
    const id = started.executionId
    const events: OutputEvent[] = []
    for await (const event of client.streamOutput({ id })) events.push(event)
    const printed = events.map(({ event, data }) => (event === 'stdout' ? data : {}))
    expect(printed.map((data) => ('text' in data ? data.text : '')).join('')).toBe('one\ntwo\n')
    expect(events.at(-1)).toMatchObject({ event: 'end', data: { outcome: 'success' } })
    expect(await client.waitForExecution({ id })).toMatchObject({ outcome: 'success', stdout: 'one\ntwo\n' })
    const last = events.at(-1)?.id
    for await (const event of client.streamOutput({ id }, { lastEventId: last }))
      expect(event).toBe('nothing')

    const endless = await client.startCode({ ...program, code: 'sleep 60' })
    await client.cancelExecution({ id: endless.executionId })
    expect(await client.waitForExecution({ id: endless.executionId })).toMatchObject({ outcome: 'cancelled' })
  })

  it('throws problems with code, hint and everything that is wrong', async () => {
    const wrong = await client.getStats({ where: ['colour=red'], limit: 0 }).catch((error: unknown) => error)
    expect(wrong).toBeInstanceOf(ProblemError)
    expect(wrong).toMatchObject({
      name: 'ProblemError',
      status: 422,
      code: 'invalid_request',
      requestId: expect.any(String),
      errors: [{ path: 'where' }, { path: 'limit' }],
    })
    await expect(client.getExecution({ id: 'nothing' })).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.any(String),
    })
    const bound = createClient({ url: stack.service.url, key: ACME_KEY })
    await expect(bound.getStats({ organization: 'globex' })).rejects.toMatchObject({ status: 403 })
    await expect(createClient({ url: stack.service.url }).getStats()).rejects.toMatchObject({
      code: 'unauthorized',
    })
  })

  it('ends when its signal aborts, and at its time limit', async () => {
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    await expect(client.getStats({}, { signal })).rejects.toBe(reason)
    const slow = { runtime: 'subprocess', language: 'bash', code: 'sleep 30' } as const
    await expect(client.runCode(slow, { timeoutMs: 300 })).rejects.toMatchObject({
      code: 'timed_out',
      status: 0,
    })
    const later = new AbortController()
    const context = { codeAgentId: 'left' }
    const left = client.runCode({ ...slow, context }, { signal: later.signal })
    const runs = async (): Promise<boolean> =>
      (await client.listRunning({ codeAgentId: 'left' })).data.length > 0
    await waitFor(runs, { what: 'the execution' })
    later.abort(reason)
    await expect(left).rejects.toBe(reason)
  })
})
