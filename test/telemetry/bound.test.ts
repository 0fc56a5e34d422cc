import { once } from 'node:events'
import { expect, it, vi } from 'vitest'
import { checkReadiness } from '../../src/service/check-readiness.ts'
import { readLosses } from '../../src/telemetry/outbox/losses.ts'
import type { Trail } from '../../src/telemetry/trail.ts'
import { freshHome } from '../support/of-test.ts'
import { leave, openTrail } from './open-trail.ts'

const BIG = 'y'.repeat(60_000)

/** A trail whose outbox is full, with no room left in memory either. */
async function openFull(): Promise<{ home: string; trail: Trail }> {
  const home = await freshHome()
  const trail = await openTrail(home, null, { outboxMaxBytes: 100_000 })
  for (let n = 0; n < 320; n += 1) leave(trail, { stdout: BIG })
  return { home, trail }
}

it('records that do not fit are reported once a minute, however many they are', async () => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  const { trail } = await openFull()
  const { dropped } = trail.status()
  expect(dropped).toBeGreaterThan(0)
  expect(warned).toHaveBeenCalledTimes(1)
  expect(String(warned.mock.calls[0]?.[0])).toMatch(/records are lost: .*bound.*EXECTRAIL_OUTBOX_MAX_MB/u)
  const now = performance.now()
  vi.spyOn(performance, 'now').mockReturnValue(now + 61_000)
  leave(trail, { stdout: BIG })
  leave(trail, { stdout: BIG })
  vi.restoreAllMocks()
  expect(warned).toHaveBeenCalledTimes(2)
  await trail.shutdown(0)
})

it('a warning of it reaches the log of the process', async () => {
  const said = once(process, 'warning')
  const { trail } = await openFull()
  const [warning] = await said
  expect(warning).toMatchObject({ code: 'EXECTRAIL_OUTBOX' })
  await trail.shutdown(0)
})

it('what was lost shows at /readyz, and after the process is gone in the notes of what was lost', async () => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
  const { home, trail } = await openFull()
  const { dropped } = trail.status()
  const { checks } = await checkReadiness({
    store: { ping: () => Promise.resolve() },
    metadata: null,
    executor: {
      status: () => ({ executorId: 'e', running: 0, waiting: 0, trail: trail.status(), blobs: null }),
    },
    components: () => [],
  })
  const outbox = checks.find(({ name }) => name === 'outbox')
  expect(outbox?.detail).toContain(`${dropped} records were lost because there was no space`)
  expect(outbox?.detail).toMatch(/\d+ of them in memory/u)
  await trail.shutdown(0)
  vi.restoreAllMocks()
  const losses = await readLosses(`${home}/outbox`, Date.now() - 60_000)
  expect(losses.reduce((sum, { records }) => sum + records, 0)).toBe(dropped)
  expect(losses[0]?.why).toContain('bound of 100000 bytes')
})
