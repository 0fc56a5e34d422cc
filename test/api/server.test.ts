import { Hono } from 'hono'
import { expect, it } from 'vitest'
import type { ApiEnv } from '../../src/api/context.ts'
import { eventStream } from '../../src/api/event-stream.ts'
import { serve } from '../../src/api/server.ts'
import { ExectrailError } from '../../src/errors.ts'

function app(answer: () => Promise<string> = () => Promise.resolve('here')): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get('/', async (c) => c.text(await answer()))
}

it('takes a free port and says so when the one it should have is taken', async () => {
  const first = await serve(app(), { port: 0 })
  const said: string[] = []
  const port = Number(new URL(first.url).port)
  const second = await serve(app(), { port, report: (line) => said.push(line) })
  expect(second.url).not.toBe(first.url)
  expect(await (await fetch(second.url)).text()).toBe('here')
  expect(said).toEqual([expect.stringMatching(new RegExp(`port ${port} is taken.*EXECTRAIL_PORT`))])
  await Promise.all([first.close(0), second.close(0)])
})

it('listens on loopback by default', async () => {
  const listening = await serve(app(), { port: 0 })
  expect(new URL(listening.url).hostname).toBe('127.0.0.1')
  await listening.close(0)
})

it('keeps an idle connection longer than proxies do, which use one for up to a minute', async () => {
  const listening = await serve(app(), { port: 0 })
  const { headers } = await fetch(listening.url)
  expect(Number(/timeout=(\d+)/.exec(headers.get('keep-alive') ?? '')?.[1])).toBeGreaterThan(60)
  await listening.close(0)
})

it('says what to set when the address is not of this machine', async () => {
  await expect(serve(app(), { port: 0, host: '203.0.113.1' })).rejects.toSatisfy(
    (error) =>
      error instanceof ExectrailError &&
      error.code === 'stack_failed' &&
      error.message.includes('203.0.113.1') &&
      error.hint?.includes('EXECTRAIL_HOST') === true,
  )
})

it('lets a request in progress end, and cuts one that outlasts the grace', async () => {
  const begun = Promise.withResolvers<void>()
  const { promise, resolve } = Promise.withResolvers<string>()
  const slow = (): Promise<string> => {
    begun.resolve()
    return promise
  }
  const patient = await serve(app(slow), { port: 0 })
  const answer = fetch(patient.url)
  await begun.promise
  const closed = patient.close(600_000)
  resolve('in time')
  expect(await (await answer).text()).toBe('in time')
  await closed

  const stuck = Promise.withResolvers<void>()
  const endless = (): Promise<string> => {
    stuck.resolve()
    return new Promise(() => {})
  }
  const hasty = await serve(app(endless), { port: 0 })
  const cut = fetch(hasty.url)
  await stuck.promise
  const [refused] = await Promise.allSettled([cut, hasty.close(50)])
  expect(refused.status).toBe('rejected')
})

it('ends streams of events at once, and lets go of what they read', async () => {
  const gone = Promise.withResolvers<void>()
  const silent: AsyncIterator<Uint8Array> = { next: () => new Promise(() => {}) }
  const streaming = new Hono<ApiEnv>().get('/', (c) => eventStream(c, silent, gone.resolve))
  const listening = await serve(streaming, { port: 0 })
  const reader = (await fetch(listening.url)).body?.getReader()
  const read = async (): Promise<void> => {
    while ((await reader?.read())?.done === false);
  }
  const [cut] = await Promise.allSettled([read(), listening.close(60_000)])
  expect(cut.status).toBe('rejected')
  await gone.promise
})
