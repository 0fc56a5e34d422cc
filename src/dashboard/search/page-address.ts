/**
 * The address that the page shows. It follows the browser's own in a render of its own, which the next click or key may
 * interrupt: what the reader presses is painted first, the page for it after.
 */
import { useParams, useSearch } from '@tanstack/react-router'
import { createContext, createElement, use, useDeferredValue, useMemo, type ReactNode } from 'react'
import type { Search } from './address.ts'

interface PageAddress {
  search: Search
  /** The parts of the path that vary, such as `id`. */
  params: Readonly<Record<string, string | undefined>>
}

const AddressContext = createContext<PageAddress>({ search: {}, params: {} })

/** Gives the address at once, as controls need it that show what was chosen. */
export function AddressNow({ children }: { children: ReactNode }): ReactNode {
  const search: Search = useSearch({ strict: false })
  const params: PageAddress['params'] = useParams({ strict: false })
  const now = useMemo(() => ({ search, params }), [search, params])
  return createElement(AddressContext, { value: now }, children)
}

/** Gives the address after the next paint. */
export function AddressAfterPaint({ children }: { children: ReactNode }): ReactNode {
  const value = useDeferredValue(use(AddressContext))
  return createElement(AddressContext, { value }, children)
}

export function usePageSearch(): Search {
  return use(AddressContext).search
}

export function usePageParams(): PageAddress['params'] {
  return use(AddressContext).params
}
