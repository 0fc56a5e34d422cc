/** Runs the query that is in the address. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { parseExactly } from '../../../exact-json.ts'
import { createClient, type Operations, type ProblemError } from '../../../client/index.ts'
import { useSession } from '../../data/session.ts'
import type { Search } from '../../search/address.ts'
import { toWindowInput, useWindow } from '../../search/window.ts'
import { remember } from './history.ts'
import { usePageSearch } from '../../search/page-address.ts'

type Reply = Operations['runSql']['reply']
export interface Answered {
  reply: Reply
  /** From the request to the answer, ms. */
  tookMs: number
}

export interface Sql {
  /** The query that was asked last; undefined before the first. */
  asked: string | undefined
  isInAddress: boolean
  state: 'idle' | 'running' | 'failed' | 'answered'
  answer: Answered | undefined
  error: ProblemError | null
  run: (text: string) => void
  cancel: () => void
}

/** Servers and proxies take addresses of some kilobytes. */
const ADDRESS_MAX = 6000
const TIMEOUT_MS = 60_000

/** Integers keep all their digits where the browser can hold them. */
const exactClient = createClient({
  url: window.location.origin,
  retries: 0,
  timeoutMs: TIMEOUT_MS,
  ...('rawJSON' in JSON ? { parse: parseExactly } : {}),
})

export function useSql(): Sql {
  const { query } = usePageSearch()
  const [long, setLong] = useState<string | undefined>(undefined)
  const asked = long ?? (typeof query === 'string' && query !== '' ? query : undefined)
  const navigate = useNavigate()
  const queries = useQueryClient()
  const { key, ask, state } = useAnswer(asked)
  const run = (text: string): void => {
    if (text.trim() === '') return
    if (text === asked) return void ask()
    const fits = text.length <= ADDRESS_MAX
    setLong(fits ? undefined : text)
    void navigate({
      to: '.',
      search: (rest: Search) => ({ ...rest, query: fits ? text : undefined }),
      resetScroll: false,
    })
    return undefined
  }
  const cancel = (): void => void queries.cancelQueries({ queryKey: key })
  return { asked, isInAddress: long === undefined, ...state, run, cancel }
}

/** The answer of a query; it is asked once, and again only on demand. */
function useAnswer(asked: string | undefined) {
  const shown = useWindow()
  const session = useSession()
  const narrowed = shown.organization !== undefined || session?.key.organizationId != null
  const key = ['runSql', asked, narrowed ? shown : null]
  const result = useQuery<Answered, ProblemError>({
    queryKey: key,
    enabled: asked !== undefined && session !== undefined,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    placeholderData: () => undefined,
    queryFn: async ({ signal }) => {
      const begin = performance.now()
      const input = { query: asked ?? '', ...(narrowed ? toWindowInput(shown) : {}) }
      const reply = await exactClient.runSql(input, { signal })
      const tookMs = performance.now() - begin
      remember({ query: input.query, rows: reply.data.length, tookMs, at: new Date().toISOString() })
      return { reply, tookMs }
    },
  })
  const { data, error, isFetching, refetch } = result
  const state = isFetching ? 'running' : error !== null ? 'failed' : data === undefined ? 'idle' : 'answered'
  return { key, ask: refetch, state: { state, answer: data, error } as const }
}
