import { describe, expect, it } from 'vitest'
import {
  ExecutionList,
  FOLLOWED_MAX,
  merge,
  WAITING_MAX,
  type ListQuestion,
  type Place,
  type Row,
} from '../../src/dashboard/pages/executions/execution-list.ts'
import { waitFor } from '../support/wait.ts'

const WINDOW = { from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' }
const PAGE = 100

describe('a list of executions', () => {
  it('lets arrivals wait, and shows them at their places when asked', async () => {
    const list = await listOf(3)
    list.arrive(row(11))
    list.arrive(row(10))
    list.arrive(row(1))
    await waitFor(() => list.waiting() === 2, { what: 'the list' })
    expect(numbers(list)).toEqual([2, 1, 0])
    list.showWaiting()
    expect(numbers(list)).toEqual([11, 10, 2, 1, 0])
    expect(list.waiting()).toBe(0)
  })

  it('keeps a bounded number of what waits, and loads the first page for the rest', async () => {
    const list = await listOf(3)
    for (let number = 3; number < 10_000; number += 1) list.arrive(row(number))
    await waitFor(() => list.waiting() === 9997, { what: 'the list' })
    expect(list.heldCount()).toBe(3 + WAITING_MAX)
    list.showWaiting()
    await waitFor(() => list.state().phase === 'ready', { what: 'the list' })
    expect(numbers(list)).toEqual([2, 1, 0])
  })

  it('keeps a bounded number of rows while it follows, and goes on behind the last of them', async () => {
    const places: Place[] = []
    const list = await listOf(3, (place) => places.push(place))
    list.follow('on')
    for (let number = 3; number < 5000; number += 1) list.arrive(row(number))
    await waitFor(() => numbers(list)[0] === 4999, { what: 'the list' })
    expect(list.state().rows).toHaveLength(FOLLOWED_MAX)
    expect(list.heldCount()).toBe(FOLLOWED_MAX)
    list.loadNext()
    await waitFor(() => list.state().next === 'none', { what: 'the list' })
    expect(places.at(-1)).toEqual({ behind: row(5000 - FOLLOWED_MAX) })
  })

  it('shows arrivals at once where nothing is there that could move', async () => {
    const list = await listOf(0)
    list.arrive(row(1))
    await waitFor(() => list.state().rows.length === 1, { what: 'the list' })
    expect(list.waiting()).toBe(0)
  })

  it('leaves arrivals without a place to a new first page', async () => {
    const list = await listOf(3, () => undefined, { takesArrivals: false })
    list.arrive(row(7))
    await waitFor(() => list.waiting() === 1, { what: 'the list' })
    expect(list.heldCount()).toBe(3)
  })

  it('says how far a search has looked, and goes on when asked', async () => {
    const list = new ExecutionList()
    const load: ListQuestion['load'] = async (place) =>
      place === null ? { ...page([], 'c'), searchedFrom: WINDOW.from } : page([row(8)], null)
    list.ask({ load, takesArrivals: true })
    await waitFor(() => list.state().phase === 'ready', { what: 'the list' })
    expect(list.state()).toMatchObject({ rows: [], next: 'open', searchedFrom: WINDOW.from })
    list.loadNext()
    await waitFor(() => list.state().next === 'none', { what: 'the list' })
    expect(numbers(list)).toEqual([8])
    expect(list.state().searchedFrom).toBeNull()
  })

  it('says that a page failed, and loads it when asked again', async () => {
    let fails = true
    const list = new ExecutionList()
    const load: ListQuestion['load'] = async (place) => {
      if (place !== null && fails) throw new Error('away')
      return page(place === null ? [row(9)] : [row(8)], place === null ? 'c' : null)
    }
    list.ask({ load, takesArrivals: true })
    await waitFor(() => list.state().phase === 'ready', { what: 'the list' })
    list.loadNext()
    await waitFor(() => list.state().next === 'failed', { what: 'the list' })
    fails = false
    list.loadNext()
    await waitFor(() => list.state().next === 'none', { what: 'the list' })
    expect(numbers(list)).toEqual([9, 8])
    list.stop()
  })

  it('merges from the newest on', () => {
    expect(merge([row(8), row(4)], [row(6), row(9), row(1)]).map(numberOf)).toEqual([9, 8, 6, 4, 1])
  })
})

async function listOf(
  count: number,
  onLoad: (place: Place) => void = () => undefined,
  others: Partial<ListQuestion> = {},
): Promise<ExecutionList> {
  const list = new ExecutionList()
  const rows = Array.from({ length: count }, (_, index) => row(count - 1 - index))
  const load: ListQuestion['load'] = async (place) => {
    onLoad(place)
    return page(place === null ? rows.slice(0, PAGE) : [])
  }
  list.ask({ load, takesArrivals: true, ...others })
  await waitFor(() => list.state().phase === 'ready', { what: 'the list' })
  return list
}

function page(data: Row[], nextCursor: string | null = null) {
  return { data, nextCursor, searchedFrom: null, window: WINDOW }
}

function row(number: number): Row {
  const startedAt = new Date(Date.parse(WINDOW.from) + number * 1000).toISOString()
  return { executionId: `e-${String(number).padStart(8, '0')}`, startedAt }
}

function numberOf({ executionId }: Row): number {
  return Number(executionId.slice(2))
}

function numbers(list: ExecutionList): number[] {
  return list.state().rows.map(numberOf)
}
