import { describe, expect, it } from 'vitest'
import { CapacityError } from '../../src/errors.ts'
import { Admission } from '../../src/executor/admission.ts'

const never = new AbortController().signal

describe('admission', () => {
  it('lets no more run at once than its concurrency', async () => {
    const admission = new Admission({ concurrency: 2, queueLimit: 10, queueTimeoutMs: 60_000 })
    const places = [admission.reserve('a'), admission.reserve('a'), admission.reserve('a')]
    const entered: number[] = []
    const entries = places.map((place, index) => place.acquire(never).then(() => entered.push(index)))
    await Promise.all(entries.slice(0, 2))
    expect(entered).toEqual([0, 1])
    expect([admission.running, admission.waiting]).toEqual([2, 1])
    places[0]?.release()
    await entries[2]
    expect(entered).toEqual([0, 1, 2])
  })

  it('gives organizations turns, so that a flood of one does not starve another', async () => {
    const admission = new Admission({ concurrency: 1, queueLimit: 100, queueTimeoutMs: 60_000 })
    const first = admission.reserve('flood')
    await first.acquire(never)
    const order: string[] = []
    const work = ['flood', 'flood', 'flood', 'quiet'].map(async (organization) => {
      const place = admission.reserve(organization)
      await place.acquire(never)
      order.push(organization)
      place.release()
    })
    first.release()
    await Promise.all(work)
    expect(order.indexOf('quiet')).toBe(1)
  })

  it('divides the places among the organizations that are active, so that one cannot hold them all', async () => {
    const admission = new Admission({ concurrency: 4, queueLimit: 100, queueTimeoutMs: 60_000 })
    const running: string[] = []
    const enter = (organization: string) => {
      const place = admission.reserve(organization)
      return { place, entered: place.acquire(never).then(() => running.push(organization)) }
    }
    const flood = Array.from({ length: 8 }, () => enter('flood'))
    const quiet = enter('quiet')
    await Promise.all(flood.slice(0, 4).map(({ entered }) => entered))
    for (const { place } of flood.slice(0, 2)) place.release()
    await quiet.entered
    expect(running).toEqual(['flood', 'flood', 'flood', 'flood', 'quiet'])
    expect(admission.running).toBe(3)
    for (const { place } of flood.slice(2, 4)) place.release()
    await flood[5]?.entered
    expect([admission.running, admission.waiting]).toEqual([3, 2])
  })

  it('keeps one place free of an organization that asks for more than all of them', async () => {
    const admission = new Admission({ concurrency: 4, queueLimit: 100, queueTimeoutMs: 60_000 })
    const flood = Array.from({ length: 6 }, () => admission.reserve('flood'))
    const entered = flood.map((place) => place.acquire(never))
    await Promise.all(entered.slice(0, 4))
    flood[0]?.release()
    expect([admission.running, admission.waiting]).toEqual([3, 2])
    await admission.reserve('newcomer').acquire(never)
    expect(admission.running).toBe(4)
  })

  it('refuses at once when the queue is full and says when to come back', async () => {
    const admission = new Admission({ concurrency: 1, queueLimit: 0, queueTimeoutMs: 60_000 })
    await admission.reserve('a').acquire(never)
    expect(() => admission.reserve('a')).toThrow(CapacityError)
    expect(() => admission.reserve('a')).toThrow(expect.objectContaining({ retryAfterMs: 1000 }))
  })

  it('counts those that have come and not yet begun to wait among those that do', () => {
    const admission = new Admission({ concurrency: 2, queueLimit: 3, queueTimeoutMs: 60_000 })
    for (let place = 0; place < 5; place += 1) admission.reserve('a')
    expect(() => admission.reserve('a')).toThrow('2 executions run and 3 wait; the queue is full')
  })

  it('makes room in a full queue for an organization that waits less, at the cost of the one that waits most', async () => {
    const admission = new Admission({ concurrency: 1, queueLimit: 6, queueTimeoutMs: 60_000 })
    const holder = admission.reserve('flood')
    await holder.acquire(never)
    const wait = async (organization: string): Promise<string> => {
      const place = admission.reserve(organization)
      await place.acquire(never)
      place.release()
      return organization
    }
    const flood = Array.from({ length: 6 }, () => wait('flood'))
    const ends = Promise.allSettled(flood)
    expect(() => admission.reserve('flood')).toThrow(CapacityError)
    const quiet = [1, 2, 3].map(() => wait('quiet'))
    await expect(flood[5]).rejects.toThrow(CapacityError)
    expect(admission.waiting).toBe(6)
    expect(() => admission.reserve('quiet')).toThrow(CapacityError)
    holder.release()
    expect(await Promise.all(quiet)).toHaveLength(3)
    const [kept, refused] = ['fulfilled', 'rejected']
    expect((await ends).map(({ status }) => status)).toEqual([kept, kept, kept, refused, refused, refused])
  })

  it('counts a place as taken from the moment it is reserved until it is given up', () => {
    const admission = new Admission({ concurrency: 1, queueLimit: 1, queueTimeoutMs: 60_000 })
    const places = [admission.reserve('a'), admission.reserve('a')]
    expect(() => admission.reserve('a')).toThrow(CapacityError)
    for (const place of places) place.release()
    admission.reserve('a').release()
    expect([admission.running, admission.waiting]).toEqual([0, 0])
  })

  it('refuses one that waited too long and keeps its place free for others', async () => {
    const admission = new Admission({ concurrency: 1, queueLimit: 10, queueTimeoutMs: 5 })
    const holder = admission.reserve('a')
    await holder.acquire(never)
    await expect(admission.reserve('a').acquire(never)).rejects.toThrow(CapacityError)
    expect(admission.waiting).toBe(0)
    holder.release()
    await admission.reserve('a').acquire(never)
    expect(admission.running).toBe(1)
  })

  it('takes a cancelled one out of the queue', async () => {
    const admission = new Admission({ concurrency: 1, queueLimit: 10, queueTimeoutMs: 60_000 })
    const holder = admission.reserve('a')
    await holder.acquire(never)
    const caller = new AbortController()
    const waiting = admission.reserve('a').acquire(caller.signal)
    caller.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    holder.release()
    expect([admission.running, admission.waiting]).toEqual([0, 0])
  })
})
