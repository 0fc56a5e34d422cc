/** How often it is looked at whether figures are kept. */
import { afterEach, expect, it, vi } from 'vitest'
import { planRollups } from '../../src/store/rollups/plan.ts'
import { recordingStore } from '../support/recording-store.ts'

afterEach(() => {
  vi.useRealTimers()
})

const window = { from: '2026-11-01T00:00:00Z', to: '2026-11-08T00:00:00Z' }

it('is once in half a minute for days of which nothing is kept', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  const { store, asked } = recordingStore()
  const plan = (organizationId: string, of: 'figures' | 'values', to = window.to): Promise<unknown> =>
    planRollups(store, {
      scope: { organizationId },
      window: { ...window, to },
      of,
      agentId: null,
      step: 'day',
    })
  expect(await plan('acme', 'figures')).toBeNull()
  expect(await plan('acme', 'values')).toBeNull()
  expect(asked).toHaveLength(1)
  await plan('other', 'figures')
  expect(asked).toHaveLength(2)
  await plan('acme', 'figures', '2026-11-09T00:00:00Z')
  expect(asked).toHaveLength(3)
  vi.advanceTimersByTime(30_001)
  await plan('acme', 'figures')
  expect(asked).toHaveLength(4)
})
