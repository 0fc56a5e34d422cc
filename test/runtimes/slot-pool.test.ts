import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SlotPool, type PooledSlot } from '../../src/runtimes/sandbox/slots/slot-pool.ts'

interface CountedSlot extends PooledSlot {
  usable: boolean
  closed: number
}

function makeSlot(): CountedSlot {
  return {
    usable: true,
    forkServer: null,
    closed: 0,
    startForkServer: () => Promise.resolve(true),
    close() {
      this.closed += 1
    },
  }
}

describe('what begins in a slot', () => {
  it('begins in another where the slot that waited has died unnoticed', async () => {
    const pool = new SlotPool(() => Promise.resolve(makeSlot()))
    const dead = await pool.acquire(null)
    await pool.release(dead, null, Promise.resolve())
    const start = (slot: CountedSlot): Promise<CountedSlot | null> => {
      if (slot === dead) slot.usable = false // noticed now
      return Promise.resolve(slot === dead ? null : slot)
    }
    expect(await pool.begin(null, start)).not.toBe(dead)
    pool.close()
  })

  it('begins in another where a slot dies while it is made', async () => {
    const add = vi.fn(() => Promise.resolve(makeSlot()))
    add.mockRejectedValueOnce(new Error('the sandbox slot ended'))
    const pool = new SlotPool(add)
    expect(await pool.begin(null, (slot) => Promise.resolve(slot.closed))).toBe(0)
    pool.close()
  })

  it('is given up where slot after slot dies', async () => {
    const pool = new SlotPool(() => Promise.resolve(makeSlot()))
    const start = vi.fn(() => Promise.resolve(null))
    await expect(pool.begin(null, start)).rejects.toThrow('3 sandbox slots died in turn')
    expect(start).toHaveBeenCalledTimes(3)
    pool.close()
  })
})

describe('the slots that a burst of runs leaves idle', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('end once unused for some minutes, except the one used last', async () => {
    const pool = new SlotPool(() => Promise.resolve(makeSlot()))
    const burst = await Promise.all(Array.from({ length: 30 }, () => pool.acquire(null)))
    for (const slot of burst) await pool.release(slot, null, Promise.resolve())
    expect(burst.filter((slot) => slot.closed > 0)).toEqual([])

    vi.advanceTimersByTime(600_000)

    expect(burst.map((slot) => slot.closed)).toEqual([...Array.from({ length: 29 }, () => 1), 0])
    expect(await pool.acquire(null)).toBe(burst.at(-1))
    pool.close()
  })

  it('stay while runs come one after the other', async () => {
    const pool = new SlotPool(() => Promise.resolve(makeSlot()))
    const first = await pool.acquire(null)
    for (let minute = 0; minute < 20; minute += 1) {
      await pool.release(first, null, Promise.resolve())
      vi.advanceTimersByTime(60_000)
      expect(await pool.acquire(null)).toBe(first)
    }
    expect(first.closed).toBe(0)
    pool.close()
  })
})
