/** The list of the page's window and filter, and what arrives for it. */
import { useEffect, useMemo, useState } from 'react'
import { isEndless, toWindowInput, useWindow, type PageWindow } from '../../search/window.ts'
import { ask, client } from '../../data/queries.ts'
import { useFilter, type PageFilter } from '../../search/filter.ts'
import type { ListOrder } from '../../../store/list-page.ts'
import type { ColumnName } from './columns.ts'
import { ExecutionList, isRow, type ListQuestion, type Place } from './execution-list.ts'
import type { LiveMode } from './list-address.ts'

const FIRST_PAGE = 100
const PAGE = 1000

interface Shown {
  order: ListOrder
  columns: readonly ColumnName[]
  live: LiveMode
}

export function useExecutionList({ order, columns, live }: Shown): ExecutionList {
  const [list] = useState(() => new ExecutionList())
  const window = useWindow()
  const { where, q } = useFilter()
  const fields = columns.join(',')
  const question = useMemo(
    () => questionOf({ window, filter: { where, q }, order, fields }),
    [window, where, q, order, fields],
  )
  useEffect(() => {
    list.ask(question)
    return () => list.stop()
  }, [list, question])
  const listens = live !== 'off' && isEndless(window)
  const { organization } = window
  useEffect(() => {
    if (!listens) return undefined
    const ending = new AbortController()
    void listen(list, { where, q, organization }, ending.signal)
    return () => ending.abort()
  }, [list, listens, where, q, organization])
  return list
}

interface Asked {
  window: PageWindow
  filter: PageFilter
  order: ListOrder
  /** Names, separated by commas. */
  fields: string
}

/** The window is that of the first page, also where it moves with the time. */
function questionOf({ window, filter, order, fields }: Asked): ListQuestion {
  let input: Record<string, unknown> = {}
  const load = (place: Place, signal: AbortSignal) => {
    if (place === null)
      input = {
        ...toWindowInput(window),
        ...filter,
        order,
        fields: [...new Set([...KEYS, ...fields.split(',')])],
      }
    return ask(
      'listExecutions',
      { ...input, limit: place === null ? FIRST_PAGE : PAGE, ...beginOf(place) },
      signal,
    )
  }
  return { load, takesArrivals: order === 'newest' }
}

/** What every row needs. */
const KEYS = ['executionId', 'startedAt']

/** Ends a millisecond behind a row, whose neighbours may have begun in the same one. */
function beginOf(place: Place): { cursor?: string; to?: string } {
  if (place === null) return {}
  if ('cursor' in place) return place
  return { to: new Date(Date.parse(place.behind.startedAt) + 1).toISOString() }
}

async function listen(
  list: ExecutionList,
  filter: PageFilter & { organization: string | undefined },
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const { event, data } of client.streamLive({ ...filter, events: 'completed' }, { signal }))
      if (event === 'skipped') list.miss(data.skipped)
      else if (event === 'execution' && isRow(data)) list.arrive(data)
  } catch {
    // The stream opens again by itself; what the service refuses, the list says.
  }
}
