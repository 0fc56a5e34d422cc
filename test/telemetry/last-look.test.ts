import { expect, it, vi } from 'vitest'
import * as reader from '../../src/telemetry/outbox/reader.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { leave, openTrail } from './open-trail.ts'
import { startReceiver } from './receiver.ts'

/** Called each time the outbox was looked at, before what was seen is acted upon. */
let onLooked: () => void = () => undefined

vi.mock('../../src/telemetry/outbox/reader.ts', async (load) => {
  const real = await load<typeof reader>()
  return {
    ...real,
    async measureDirectory(...given: Parameters<typeof reader.measureDirectory>) {
      const size = await real.measureDirectory(...given)
      if (size.waitingBytes === 0) onLooked()
      return size
    },
  }
})

it('what is recorded after the last look of a shutdown is delivered all the same', async () => {
  await using home = await temporaryDirectory()
  await using receiver = await startReceiver()
  const trail = await openTrail(home.path, receiver.url)
  const ids = [leave(trail).id]
  expect(await trail.flush(20_000)).toEqual({ left: 0 })
  let looks = 0
  onLooked = () => {
    looks += 1
    // The first is that of sending, the second that of the end.
    if (looks === 2) ids.push(leave(trail).id)
  }
  expect(await trail.shutdown(20_000)).toEqual({ left: 0 })
  const next = await openTrail(home.path, receiver.url)
  expect(await next.shutdown(20_000)).toEqual({ left: 0 })
  expect(ids).toHaveLength(2)
  expect(receiver.completed().toSorted()).toEqual(ids.toSorted())
})
