import { existsSync, globSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { temporaryDirectory } from '../support/directory.ts'
import { waitFor } from '../support/wait.ts'
import { leave, openTrail } from './open-trail.ts'
import { startReceiver } from './receiver.ts'

const LONG_AGO = new Date(Date.now() - 40 * 86_400_000)

/** Makes every segment of a home look as if nothing had been written to it for 40 days. */
function age(home: string): void {
  for (const name of globSync('outbox/*/*.log', { cwd: home }))
    utimesSync(join(home, name), LONG_AGO, LONG_AGO)
}

it('what another left 40 days ago is given up, counted, and what was left since goes out', async () => {
  await using home = await temporaryDirectory()
  const old = await openTrail(home.path, null)
  leave(old)
  leave(old)
  await old.shutdown(0)
  age(home.path)
  const recent = await openTrail(home.path, null)
  const { id } = leave(recent)
  await waitFor(() => recent.status().dropped > 0, { what: 'the old to be given up' })
  expect(recent.status().dropped).toBe(6)
  await recent.shutdown(0)
  await using receiver = await startReceiver()
  const last = await openTrail(home.path, receiver.url)
  expect(await last.shutdown(10_000)).toEqual({ left: 0 })
  expect(receiver.completed()).toEqual([id])
})

it('what a process that lives could not deliver for too long is given up by itself, and it goes on', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  let url: string | null = null
  const trail = await openTrail(home.path, null, {
    outboxMaxAgeMs: 300,
    resolveEndpoint: () => Promise.resolve(url === null ? null : { url, headers: {} }),
  })
  leave(trail)
  await waitFor(() => trail.status().dropped === 3, { what: 'the record to be given up' })
  url = receiver.url
  const { id } = leave(trail)
  expect(await trail.shutdown(10_000)).toEqual({ left: 0 })
  expect(receiver.completed()).toEqual([id])
})

it('a wall clock that is stepped forward by a year makes nothing old', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  let url: string | null = null
  const trail = await openTrail(home.path, null, {
    resolveEndpoint: () => Promise.resolve(url === null ? null : { url, headers: {} }),
  })
  const { id } = leave(trail)
  const now = Date.now()
  vi.spyOn(Date, 'now').mockReturnValue(now + 365 * 86_400_000)
  await trail.flush(300)
  vi.restoreAllMocks()
  expect(trail.status().dropped).toBe(0)
  url = receiver.url
  expect(await trail.shutdown(10_000)).toEqual({ left: 0 })
  expect(receiver.completed()).toEqual([id])
})

it('what was kept aside goes after the same time', async () => {
  await using home = await temporaryDirectory()
  const dead = join(home.path, 'outbox', 'dead')
  mkdirSync(dead, { recursive: true })
  const today = new Date().toISOString().slice(0, 10)
  for (const day of [LONG_AGO.toISOString().slice(0, 10), today])
    writeFileSync(join(dead, `${day}.ndjson`), '')
  const trail = await openTrail(home.path, null)
  await waitFor(() => globSync('*', { cwd: dead }).length === 1, { what: 'the old to go' })
  expect(existsSync(join(dead, `${today}.ndjson`))).toBe(true)
  await trail.shutdown(0)
})
