import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryDirectory } from '../support/directory.ts'
import { waitFor } from '../support/wait.ts'
import { openTrail } from './open-trail.ts'
import { startReceiver } from './receiver.ts'
import { runChild } from './run-child.ts'

interface Identity {
  bootId: string
  pid: number
  startTime: string
}

/** Leaves an execution by a process that was killed, with another identity; its id and its file. */
async function leaveAs(home: string, change: (identity: Identity) => Partial<Identity>) {
  await using child = runChild(home, '-', { count: 1 })
  await child.done()
  const { completed } = await child.kill()
  const [path = ''] = globSync('outbox/*/owner.json', { cwd: home }).map((name) => join(home, name))
  const owner = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(
    path,
    JSON.stringify({ ...owner, identity: { ...owner.identity, ...change(owner.identity) } }),
  )
  return { id: [...completed][0], path }
}

it('a pid that another process has by now is no sign of life', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  const { id } = await leaveAs(home.path, () => ({ pid: process.pid }))
  const trail = await openTrail(home.path, receiver.url)
  expect(await trail.shutdown(10_000)).toEqual({ left: 0 })
  expect(receiver.completed()).toEqual([id])
})

it('what was written before a reboot is taken over though its pid and start are those of a process that lives', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  const { id } = await leaveAs(home.path, () => ({ bootId: 'an earlier one', pid: process.pid, startTime }))
  const trail = await openTrail(home.path, receiver.url, { silenceMs: 100 })
  await waitFor(() => trail.flush(200).then(() => receiver.completed().length > 0), {
    what: 'the record from before the reboot',
  })
  expect(receiver.completed()).toEqual([id])
  await trail.shutdown(5000)
})

it.each([
  ['is empty, for power failed before it was on the disk', (path: string) => writeFileSync(path, '')],
  ['is gone', (path: string) => rmSync(path)],
])('a part whose owner’s name %s is taken over once nothing moves in it', async (_, damage) => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  const { id, path } = await leaveAs(home.path, () => ({}))
  damage(path)
  const trail = await openTrail(home.path, receiver.url, { silenceMs: 100 })
  await waitFor(() => trail.flush(200).then(() => receiver.completed().length > 0), {
    what: 'the record of a part without an owner',
  })
  expect(receiver.completed()).toEqual([id])
  await trail.shutdown(5000)
  expect(globSync('outbox/*/*.log', { cwd: home.path })).toEqual([])
})
