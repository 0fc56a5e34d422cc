import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { Operations } from '../../../client/types.ts'
import { usePageSearch } from '../../search/page-address.ts'
import { fittingRange, readWindow } from '../../search/window.ts'

interface Shown {
  buckets: Operations['getTimeseries']['reply']['buckets'] | undefined
  /** Executions of the period before; undefined while they are not known. */
  countBefore: number | undefined
}

/**
 * An address without a window gets the shortest that holds everything where nothing is older, so that the first hour of an
 * installation is not a line at the edge of a day.
 */
export function useFittingWindow({ buckets, countBefore }: Shown): void {
  const search = usePageSearch()
  const navigate = useNavigate()
  const { range, from, to } = readWindow(search)
  const isOpen = range === undefined && from === undefined && to === undefined
  const first = countBefore === 0 ? buckets?.find(({ count }) => count > 0)?.from : undefined
  useEffect(() => {
    const fitting = isOpen && first !== undefined ? fittingRange(first, Date.now()) : null
    if (fitting !== null)
      void navigate({
        to: '.',
        replace: true,
        search: (now: Record<string, unknown>) => ({ ...now, range: fitting }),
      })
  }, [isOpen, first, navigate])
}
