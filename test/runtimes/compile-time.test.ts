import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { boundTime } from '../../src/runtimes/compile/time-bound.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A compiler at work, of which the machine leaves so large a part of a processor to it. */
function compile(timeoutMs: number, part: number): { end: ReturnType<typeof vi.fn>; stop: () => void } {
  const since = performance.now()
  const end = vi.fn()
  const stop = boundTime({ timeoutMs, processorMs: () => (performance.now() - since) * part }, end)
  return { end, stop }
}

describe('compiling', () => {
  it('may take ten seconds of a processor, however long it waits for one', () => {
    const { end } = compile(300_000, 0.1)
    vi.advanceTimersByTime(99_000)
    expect(end).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1_100)
    expect(end.mock.calls).toEqual([['compiling the code took more than 10000 ms of processor time']])
  })

  it('takes no longer than the run may, processor or not', () => {
    const { end } = compile(1500, 0)
    vi.advanceTimersByTime(1499)
    expect(end).not.toHaveBeenCalled()
    vi.advanceTimersByTime(2)
    expect(end.mock.calls).toEqual([['compiling the code took longer than 1500 ms']])
  })

  it('may always take half a second', () => {
    const { end } = compile(10, 1)
    vi.advanceTimersByTime(499)
    expect(end).not.toHaveBeenCalled()
    vi.advanceTimersByTime(2)
    expect(end).toHaveBeenCalledOnce()
  })

  it('is not ended once it is done', () => {
    const { end, stop } = compile(1500, 1)
    stop()
    vi.advanceTimersByTime(60_000)
    expect(end).not.toHaveBeenCalled()
  })
})
