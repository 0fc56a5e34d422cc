import * as fs from 'node:fs'
import { expect, it, vi } from 'vitest'
import { temporaryDirectory } from '../support/directory.ts'
import { waitFor } from '../support/wait.ts'
import { leave, openTrail } from './open-trail.ts'

const synced = { each: 0, later: 0 }

vi.mock('node:fs', async (load) => {
  const real = await load<typeof fs>()
  return {
    ...real,
    fdatasyncSync(fd: number) {
      synced.each += 1
      real.fdatasyncSync(fd)
    },
    fdatasync(fd: number, done: fs.NoParamCallback) {
      synced.later += 1
      real.fdatasync(fd, done)
    },
  }
})

it('every record is on the disk before the call goes on, some time later, or never, as asked', async () => {
  await using home = await temporaryDirectory()
  const each = await openTrail(home.path, null, { fsync: 'each' })
  leave(each)
  expect(synced).toEqual({ each: 2, later: 0 })
  await each.shutdown(0)
  const soon = await openTrail(home.path, null, { fsync: { everyMs: 5 } })
  leave(soon)
  await waitFor(() => synced.later === 1, { what: 'the disk to be written' })
  await soon.shutdown(0)
  const before = { ...synced }
  const never = await openTrail(home.path, null, { fsync: 'never' })
  leave(never)
  await never.shutdown(0)
  expect(synced).toEqual(before)
})
