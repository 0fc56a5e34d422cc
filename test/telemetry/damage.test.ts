import { globSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../support/directory.ts'
import { leave, openTrail } from './open-trail.ts'
import { startReceiver } from './receiver.ts'

/** Leaves executions undelivered; their ids and the file they are in. */
async function leaveBehind(home: string, count: number): Promise<{ ids: string[]; segment: string }> {
  const trail = await openTrail(home, null)
  const ids = Array.from({ length: count }, () => leave(trail).id)
  expect(trail.status().appends.count).toBe(2 * count)
  await trail.shutdown(0)
  const [segment = ''] = globSync('outbox/*/*.log', { cwd: home })
  return { ids, segment: join(home, segment) }
}

it('a damaged place in the middle costs only what lies there; it is counted and kept aside', async () => {
  await using home = await temporaryDirectory()
  const { ids, segment } = await leaveBehind(home.path, 20)
  const bytes = readFileSync(segment)
  const damaged = ids[9] ?? ''
  // The last time its id is written is in its span, in the frame of its completion.
  const at = bytes.lastIndexOf(damaged)
  bytes[at] = (bytes[at] ?? 0) ^ 0xff
  writeFileSync(segment, bytes)
  await using receiver = await startReceiver()
  const trail = await openTrail(home.path, receiver.url)
  expect(await trail.shutdown(10_000)).toEqual({ left: 0 })
  expect(receiver.completed().toSorted()).toEqual(ids.toSorted())
  const lost = receiver.taken.filter(({ attributes }) => attributes['error.type'] === 'executor_crashed')
  expect(new Set(lost.map(({ id }) => id))).toEqual(new Set([damaged]))
  expect(trail.status()).toMatchObject({ corrupt: 1, adopted: 1, dead: 0 })
  const [aside = ''] = globSync('outbox/corrupt/*.bin', { cwd: home.path })
  expect(readFileSync(join(home.path, aside), 'latin1')).toContain('code_exec.completed')
})

it('a torn last entry is cut off, and its execution is completed as crashed', async () => {
  await using home = await temporaryDirectory()
  const { ids, segment } = await leaveBehind(home.path, 5)
  truncateSync(segment, statSync(segment).size - 10)
  await using receiver = await startReceiver()
  const trail = await openTrail(home.path, receiver.url)
  expect(await trail.shutdown(10_000)).toEqual({ left: 0 })
  expect(receiver.completed().toSorted()).toEqual(ids.toSorted())
  expect(trail.status()).toMatchObject({ corrupt: 0, adopted: 1 })
})

it('a place reached that cannot be read costs a second delivery, nothing more', async () => {
  await using home = await temporaryDirectory()
  const { ids, segment } = await leaveBehind(home.path, 5)
  writeFileSync(join(segment, '..', 'position'), 'nonsense')
  await using receiver = await startReceiver()
  const trail = await openTrail(home.path, receiver.url)
  expect(await trail.shutdown(10_000)).toEqual({ left: 0 })
  expect(receiver.completed().toSorted()).toEqual(ids.toSorted())
})
