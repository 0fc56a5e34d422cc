import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../support/directory.ts'
import { waitFor } from '../support/wait.ts'
import { leave, leaveMany, openTrail } from './open-trail.ts'
import { startReceiver, type Behaviour } from './receiver.ts'

const OK: Behaviour = { status: 200 }

describe.each<[string, Behaviour]>([
  ['answers 503', { status: 503 }],
  ['answers 500', { status: 500 }],
  ['answers 429 and asks to wait', { status: 429, headers: { 'retry-after': '1' } }],
  ['resets the connection', 'reset'],
])('a receiver that %s at first', (_, behaviour) => {
  it('gets every record once in the end', async () => {
    await using home = await temporaryDirectory()
    await using receiver = await startReceiver((_records, request) => (request <= 4 ? behaviour : OK))
    const trail = await openTrail(home.path, receiver.url)
    const ids = await leaveMany(trail, 300)
    expect(await trail.shutdown(20_000)).toEqual({ left: 0 })
    expect(receiver.completed().toSorted()).toEqual(ids.toSorted())
    expect(receiver.spans().toSorted()).toEqual(ids.toSorted())
    expect(trail.status().retried).toBeGreaterThan(0)
  })
})

describe('the sender', () => {
  it.each([
    ['in seconds', () => '2'],
    // HTTP dates have whole seconds.
    ['by a date', () => new Date(Date.now() + 3000).toUTCString()],
  ])('waits as long as Retry-After says %s', async (_form, retryAfter) => {
    await using home = await temporaryDirectory()
    const at: number[] = []
    await using receiver = await startReceiver(() => {
      at.push(performance.now())
      return at.length <= 2 ? { status: 503, headers: { 'retry-after': retryAfter() } } : OK
    })
    const trail = await openTrail(home.path, receiver.url)
    leave(trail)
    expect(await trail.shutdown(20_000)).toEqual({ left: 0 })
    expect((at[2] ?? 0) - (at[1] ?? 0)).toBeGreaterThan(1900)
  })

  it('sends again what was kept before the connection was cut, the same record', async () => {
    await using home = await temporaryDirectory()
    await using receiver = await startReceiver((_records, request) => (request <= 2 ? 'keep and reset' : OK))
    const trail = await openTrail(home.path, receiver.url)
    const { id } = leave(trail)
    expect(await trail.shutdown(20_000)).toEqual({ left: 0 })
    const copies = receiver.taken.filter(({ eventName }) => eventName === 'code_exec.completed')
    expect(new Set(copies.map((copy) => JSON.stringify(copy))).size).toBe(1)
    expect(new Set(receiver.completed())).toEqual(new Set([id]))
  })

  it('gives up on a receiver that hangs, and leaves at its deadline what that one has not taken', async () => {
    await using home = await temporaryDirectory()
    await using receiver = await startReceiver(() => 'hang')
    const trail = await openTrail(home.path, receiver.url)
    const { id } = leave(trail)
    const begun = performance.now()
    const { left } = await trail.shutdown(500)
    expect(performance.now() - begun).toBeLessThan(8000)
    expect(left).toBeGreaterThan(0)
    receiver.behave = () => OK
    const next = await openTrail(home.path, receiver.url)
    expect(await next.shutdown(20_000)).toEqual({ left: 0 })
    expect(receiver.completed()).toEqual([id])
  })

  it('finds an endpoint that appears later, and one that starts again elsewhere', async () => {
    await using home = await temporaryDirectory()
    let url: string | null = null
    const resolveEndpoint = () => Promise.resolve(url === null ? null : { url, headers: {} })
    const trail = await openTrail(home.path, null, { resolveEndpoint })
    const early = leave(trail).id
    await using last = await startReceiver()
    {
      await using first = await startReceiver()
      url = first.url
      await waitFor(() => first.completed().includes(early), { what: 'the first record' })
    }
    url = last.url
    const late = leave(trail).id
    expect(await trail.shutdown(20_000)).toEqual({ left: 0 })
    expect(last.completed()).toEqual([late])
  })

  it('counts as dead what a partial success rejects, keeps the receiver’s words, and sends none of it again', async () => {
    await using home = await temporaryDirectory()
    const body = '{"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"too old"}}'
    await using receiver = await startReceiver((records) =>
      records.some(({ signal }) => signal === 'logs') ? { status: 200, body } : OK,
    )
    let url: string | null = null
    const trail = await openTrail(home.path, null, {
      resolveEndpoint: () => Promise.resolve(url === null ? null : { url, headers: {} }),
    })
    leave(trail)
    url = receiver.url
    expect(await trail.shutdown(10_000)).toEqual({ left: 0 })
    expect(trail.status()).toMatchObject({ sent: 1, dead: 2 })
    expect(receiver.requests).toBe(2)
    const [letter = ''] = globSync('outbox/dead/*.ndjson', { cwd: home.path })
    expect(readFileSync(join(home.path, letter), 'utf8')).toContain('rejected 2 of 2 logs: too old')
  })
})

describe.each([400, 413])('a record a receiver refuses with %i among 500 good ones', (status) => {
  it('is the only dead letter, with the receiver’s words; the 500 arrive', async () => {
    await using home = await temporaryDirectory()
    let poison = ''
    await using receiver = await startReceiver((records) =>
      records.some(({ id, eventName }) => id === poison && eventName === 'code_exec.completed')
        ? { status, body: 'this one is bad' }
        : OK,
    )
    const trail = await openTrail(home.path, null, {
      resolveEndpoint: () => Promise.resolve(poison === '' ? null : { url: receiver.url, headers: {} }),
    })
    const before = await leaveMany(trail, 250)
    const { id } = leave(trail)
    const after = await leaveMany(trail, 250)
    poison = id
    expect(await trail.shutdown(20_000)).toEqual({ left: 0 })
    expect(receiver.completed().toSorted()).toEqual([...before, ...after].toSorted())
    expect(receiver.spans().length).toBe(501)
    expect(trail.status().dead).toBe(1)
    const [letter = ''] = globSync('outbox/dead/*.ndjson', { cwd: home.path })
    const text = readFileSync(join(home.path, letter), 'utf8')
    expect(text.trim().split('\n').length).toBe(1)
    expect(text).toContain('this one is bad')
    expect(text).toContain(id)
  })
})

it('a receiver that refuses everything makes nothing dead', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver(() => ({ status: 400, body: 'no such tenant' }))
  const trail = await openTrail(home.path, receiver.url)
  const { id } = leave(trail)
  expect((await trail.flush(1500)).left).toBeGreaterThan(0)
  expect(trail.status()).toMatchObject({ dead: 0, sent: 0 })
  expect(trail.status().lastError).toContain('no such tenant')
  receiver.behave = () => OK
  expect(await trail.shutdown(20_000)).toEqual({ left: 0 })
  expect(receiver.completed()).toEqual([id])
})
