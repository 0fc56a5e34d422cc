/** Runs that the page has begun, one after another where there are several, so that they do not slow each other. */
import { useCallback, useState } from 'react'
import type { RuntimeName } from '../../../execution.ts'
import { exactClient } from '../../data/execution.ts'
import { toRequest, type RunDraft } from './draft.ts'

export interface Run {
  key: string
  runtime: RuntimeName
  /** The id of the execution, once it has begun. */
  begun: Promise<string>
}

export interface Runs {
  runs: readonly Run[]
  /** Why nothing was begun. */
  fault: Error | null
  /** Begins on each of the runtimes and leaves out those of an earlier series that wait. */
  begin: (draft: RunDraft, runtimes: readonly RuntimeName[]) => void
}

export function useRuns(): Runs {
  const [runs, setRuns] = useState<readonly Run[]>([])
  const [fault, setFault] = useState<Error | null>(null)
  const [series, setSeries] = useState(() => new AbortController())
  const begin = useCallback(
    (draft: RunDraft, runtimes: readonly RuntimeName[]) => {
      series.abort(new Error('A later run took its place.'))
      const next = new AbortController()
      setSeries(next)
      try {
        const requests = runtimes.map((runtime) => toRequest(draft, runtime))
        setRuns(inTurn(requests, next.signal))
        setFault(null)
      } catch (error) {
        setFault(error instanceof Error ? error : new Error(String(error)))
      }
    },
    [series],
  )
  return { runs, fault, begin }
}

function inTurn(requests: readonly ReturnType<typeof toRequest>[], signal: AbortSignal): Run[] {
  let before: Promise<unknown> = Promise.resolve()
  return requests.map((request) => {
    const begun = before.then(async () => {
      signal.throwIfAborted()
      const { executionId } = await exactClient.startCode(request)
      return executionId
    })
    before = begun.then((id) => exactClient.waitForExecution({ id }, { signal })).catch(() => undefined)
    return { key: crypto.randomUUID(), runtime: request.runtime, begun }
  })
}
