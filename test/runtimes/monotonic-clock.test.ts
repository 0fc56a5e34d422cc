import { expect, it, vi } from 'vitest'
import { fromMonotonic } from '../../src/runtimes/sandbox/duration.ts'

it('a moment of another process is the same though the thread is off its core between two looks at the clock', () => {
  const moment = Number(process.hrtime.bigint()) / 1e6
  const before = fromMonotonic(moment)
  const later = performance.now() + 50
  const now = vi.spyOn(performance, 'now').mockReturnValueOnce(later)
  expect(fromMonotonic(moment)).toBeCloseTo(before, 1)
  expect(now).toHaveBeenCalledOnce()
  now.mockRestore()
})
