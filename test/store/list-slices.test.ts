/** From which parts of a window a list reads its page. */
import { describe, expect, it } from 'vitest'
import type { Store } from '../../src/store/client.ts'
import type { Filter } from '../../src/store/filter.ts'
import { listExecutions } from '../../src/store/queries/list-executions.ts'
import { recordingStore } from '../support/recording-store.ts'

const END = Date.parse('2026-11-30T00:00:00Z')
const DAY = 86_400_000
const window = { from: new Date(END - 32 * DAY).toISOString(), to: new Date(END).toISOString() }

/** Starts of executions, one each `everyMs`, the newest first, in the store's format. */
function starts(everyMs: number, days = 32): string[] {
  return Array.from({ length: Math.floor((days * DAY) / everyMs) }, (_, n) =>
    new Date(END - (n + 1) * everyMs).toISOString().replace('T', ' ').replace('Z', '000000'),
  )
}

interface ListOptions {
  filter?: Filter
  searchMs?: number
  /** What a part of so many days takes. */
  tookMs?: (days: number) => number
}

/** A list of 50 over a store with these executions: its places, and the days of the parts that were read. */
async function list(
  times: readonly string[],
  { filter = { terms: [] }, searchMs = Infinity, tookMs = () => 0 }: ListOptions = {},
): Promise<{ found: string[]; days: number[]; searchedFrom: string | null }> {
  const { store, asked } = recordingStore(() => [])
  const ms = (time: unknown): number => Date.parse(`${String(time).replace(' ', 'T')}Z`)
  let now = 0
  const inner: Store['query'] = async (sql, parameters = {}) => {
    await store.query(sql, parameters)
    const { from, to, limit } = parameters
    now += tookMs((ms(to) - ms(from)) / DAY)
    return times
      .filter((time) => time >= String(from) && time < String(to))
      .slice(0, Number(limit))
      .map((time) => ({ started_at: time, execution_id: time })) as never[]
  }
  const { rows, searchedFrom } = await listExecutions(
    { ...store, query: inner },
    { scope: 'all', window, filter, order: 'newest', after: null, limit: 50, fields: [] },
    { forMs: searchMs, now: () => now },
  )
  return {
    searchedFrom,
    found: rows.map(({ position }) => position.executionId),
    days: asked.map(({ parameters }) => (ms(parameters['to']) - ms(parameters['from'])) / DAY),
  }
}

describe('the page of a list', () => {
  it.each([
    ['many', starts(DAY / 1000), [0.125]],
    ['some', starts(DAY / 20), [0.125, 4.5]],
    ['few', starts(DAY * 2), [0.125, 2, 29.875]],
    ['none', [], [0.125, 2, 29.875]],
  ] as const)('is read from no more than it takes where a window has %s', async (_, times, days) => {
    const read = await list(times)
    expect(read.found).toEqual(times.slice(0, 50))
    expect(read.days).toEqual(days)
    expect(read.searchedFrom).toBeNull()
  })

  it('of a search says how far it has looked when its time is over', async () => {
    const read = await list(starts(DAY), { filter: { terms: [], text: 'rare' }, searchMs: 0 })
    expect(read.days).toEqual([0.125])
    expect(read).toMatchObject({ found: [], searchedFrom: new Date(END - DAY / 8).toISOString() })
  })

  const rare: Filter = { terms: [], text: 'rare' }

  it('of a search whose parts take long whatever their length is read in few of them', async () => {
    const read = await list([], { filter: rare, searchMs: 2000, tookMs: () => 400 })
    expect(read).toMatchObject({ days: [0.125, 0.5, 8, 23.375], searchedFrom: null })
  })

  it('of a search whose parts take as long as they are long ends with its time', async () => {
    const read = await list([], { filter: rare, searchMs: 2000, tookMs: (days) => days * 100 })
    const days = read.days.reduce((sum, part) => sum + part)
    expect(days).toBeGreaterThan(18)
    expect(days).toBeLessThan(22)
    expect(read.searchedFrom).not.toBeNull()
  })

  it('of a search with time left is read to the end of its window', async () => {
    const read = await list([], { filter: rare, searchMs: 60_000 })
    expect(read.days.reduce((sum, days) => sum + days)).toBe(32)
    expect(read.searchedFrom).toBeNull()
  })
})
