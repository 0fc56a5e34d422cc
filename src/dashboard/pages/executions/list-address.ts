/** What of the list is in the address beside window and filter: order, columns, live, and what is marked to compare. */
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { ListOrder } from '../../../store/list-page.ts'
import { loadColumns, readColumns, saveColumns, type ColumnName } from './columns.ts'
import { usePageSearch } from '../../search/page-address.ts'

export const ORDER_WORDS: Readonly<Record<ListOrder, string>> = {
  newest: 'Newest first',
  duration: 'Longest first',
  memory: 'Most memory first',
  cost: 'Most costly first',
}
const ORDERS = ['newest', 'duration', 'memory', 'cost'] as const satisfies readonly ListOrder[]

/** 'wait': new rows wait behind a button; 'follow': they appear while the list is at its top and idle. */
export const LIVE_MODES = ['wait', 'follow', 'off'] as const
export type LiveMode = (typeof LIVE_MODES)[number]

export interface ListAddress {
  order: ListOrder
  columns: readonly ColumnName[]
  live: LiveMode
  /** Ids of up to two executions. */
  marked: readonly string[]
}

const MARKED_MAX = 2

/** @param remembered columns of this browser, where the address has none */
export function readListAddress(
  search: Readonly<Record<string, unknown>>,
  remembered: readonly ColumnName[],
): ListAddress {
  const marked = [search['mark']].flat().filter((one): one is string => typeof one === 'string' && one !== '')
  return {
    order: ORDERS.find((order) => order === search['order']) ?? 'newest',
    columns: readColumns(search['columns']) ?? remembered,
    live: LIVE_MODES.find((mode) => mode === search['live']) ?? 'wait',
    marked: [...new Set(marked)].slice(0, MARKED_MAX),
  }
}

export interface ListAddressControl extends ListAddress {
  set: (change: Partial<ListAddress>) => void
  /** Marks an execution, or takes the mark away; of three the first loses it. */
  mark: (executionId: string) => void
}

export function useListAddress(): ListAddressControl {
  const { order, columns, live } = usePageSearch()
  // A mark shows at once.
  const { mark } = useSearch({ strict: false })
  const navigate = useNavigate()
  return useMemo(() => {
    const now = readListAddress({ order, columns, live, mark }, loadColumns())
    const set = (change: Partial<ListAddress>): void => {
      if (change.columns !== undefined) saveColumns(change.columns)
      void navigate({
        to: '.',
        replace: true,
        search: (before: Record<string, unknown>) => ({ ...before, ...write(change) }),
      })
    }
    const markOne = (id: string): void =>
      set({
        marked: now.marked.includes(id)
          ? now.marked.filter((one) => one !== id)
          : [...now.marked, id].slice(-MARKED_MAX),
      })
    return { ...now, set, mark: markOne }
  }, [order, columns, live, mark, navigate])
}

/** Names with undefined leave the address. */
function write({ order, columns, live, marked }: Partial<ListAddress>): Record<string, unknown> {
  return {
    ...(order === undefined ? {} : { order: order === 'newest' ? undefined : order }),
    ...(columns === undefined ? {} : { columns: columns.join(',') }),
    ...(live === undefined ? {} : { live: live === 'wait' ? undefined : live }),
    ...(marked === undefined ? {} : { mark: marked.length === 0 ? undefined : marked }),
  }
}
