/** The service's questions as React hooks. The window of the page is part of each. */
import {
  keepPreviousData,
  QueryCache,
  QueryClient,
  useQuery,
  type UseQueryResult,
} from '@tanstack/react-query'
import { createClient, ProblemError, type Client, type Operations } from '../../client/index.ts'
import { isRelative, toWindowInput, useWindow, type PageWindow } from '../search/window.ts'

/** The browser's cookie carries the key. */
export const client: Client = createClient({ url: window.location.origin, retries: 1 })

const FRESH_MS = 10_000
/** A page over a relative window, such as the last day, asks again. */
const REFRESH_MS = 30_000

/** A key that was revoked, or that has expired: at this address the service has a form for another. */
const askForKey = (error: Error): void => {
  if (error instanceof ProblemError && error.status === 401) window.location.reload()
}

export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: askForKey }),
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      retry: false,
      refetchOnWindowFocus: true,
      placeholderData: keepPreviousData,
    },
    mutations: { retry: false },
  },
})

type Name = keyof Operations
type Reply<Of extends Name> = Operations[Of]['reply']
export type Question<Of extends Name> = UseQueryResult<Reply<Of>, ProblemError>

interface Options {
  /** @default 30 s where the window is relative */
  refreshMs?: number | undefined
  /** Waits with the question while it is 'paused'. */
  state?: 'active' | 'paused' | undefined
}

/** Asks about the executions of the page's window and organization. `input` has the rest: filters, grouping. */
export function useQuestion<Of extends Name>(
  name: Of,
  input: Omit<Operations[Of]['input'], 'from' | 'to'>,
  options: Options = {},
): Question<Of> {
  const shown = useWindow()
  const refreshMs = options.refreshMs ?? (isRelative(shown) ? REFRESH_MS : undefined)
  return useAsk(name, { input, shown }, { ...options, refreshMs })
}

/** Asks about something that no window narrows: one execution, runtimes, keys. */
export function useDirectQuestion<Of extends Name>(
  name: Of,
  input: Operations[Of]['input'],
  options: Options = {},
): Question<Of> {
  return useAsk(name, { input, shown: null }, options)
}

function useAsk<Of extends Name>(
  name: Of,
  { input, shown }: { input: object; shown: PageWindow | null },
  { refreshMs, state }: Options,
): Question<Of> {
  return useQuery<Reply<Of>, ProblemError>({
    queryKey: [name, shown, input],
    queryFn: ({ signal }) => ask(name, { ...(shown === null ? {} : toWindowInput(shown)), ...input }, signal),
    enabled: state !== 'paused',
    refetchInterval: refreshMs ?? false,
  })
}

/** One call of the client by the operation's name. */
export function ask<Of extends Name>(name: Of, input: object, signal?: AbortSignal): Promise<Reply<Of>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the methods of the client are its operations
  const call = client[name] as (input: object, options: object) => Promise<Reply<Of>>
  return call(input, signal === undefined ? {} : { signal })
}
