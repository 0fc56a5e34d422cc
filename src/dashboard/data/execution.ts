/** One execution as a question of its own: its numbers keep their digits, and one that runs is asked about until it ends. */
import { useQuery, type UseQueryResult } from '@tanstack/react-query'
import { createClient, type AnyExecution, type Client, type ProblemError } from '../../client/index.ts'
import { parseExactly } from '../../exact-json.ts'

/** A client whose replies hold integers of 64 bits as `JSON.rawJSON`. */
export const exactClient: Client = createClient({
  url: window.location.origin,
  retries: 1,
  parse: parseReply,
})

/** A record of one that ended. */
export type Ended = Extract<AnyExecution, { phase?: undefined }>
/** What is known of one that waits or runs. */
export type Unended = Exclude<AnyExecution, Ended>

const ASK_AGAIN_MS = 1000

export function isEnded(execution: AnyExecution): execution is Ended {
  return execution.phase === undefined
}

export function useExecution(id: string): UseQueryResult<AnyExecution, ProblemError> {
  return useQuery<AnyExecution, ProblemError>({
    queryKey: ['execution', id],
    queryFn: ({ signal }) => exactClient.getExecution({ id }, { signal }),
    // A record does not change, and results may nest deeper than a comparison can go.
    structuralSharing: false,
    placeholderData: () => undefined,
    refetchOnWindowFocus: false,
    refetchInterval: ({ state: { data } }) => (data === undefined || isEnded(data) ? false : ASK_AGAIN_MS),
  })
}

/** Very deep values are read without their last digits rather than not at all. */
function parseReply(text: string): unknown {
  try {
    return parseExactly(text)
  } catch (error) {
    if (error instanceof RangeError) return JSON.parse(text)
    throw error
  }
}
