/** The board of the live page, kept by the service's answers and by the stream of ends. */
import { useEffect, useState } from 'react'
import type { Operations } from '../../../client/types.ts'
import { client, useDirectQuestion, type Question } from '../../data/queries.ts'
import { useWindow } from '../../search/window.ts'
import { withEnd, withRunning, type Board, type EndedExecution } from './live-board.ts'

/** How often the service is asked. */
const ASK_MS = 1000
/** Executions that are listed, at most. */
const LISTED_MAX = 100

export function useBoard(): { question: Question<'listRunning'>; board: Board } {
  const { organization } = useWindow()
  const question = useDirectQuestion(
    'listRunning',
    { organization, limit: LISTED_MAX },
    { refreshMs: ASK_MS },
  )
  const [board, setBoard] = useState<Board>(new Map())
  const { data, dataUpdatedAt } = question
  const [answeredMs, setAnswered] = useState(0)
  if (data !== undefined && dataUpdatedAt !== answeredMs) {
    setAnswered(dataUpdatedAt)
    setBoard(withRunning(board, data.data, dataUpdatedAt))
  }
  useEffect(() => {
    const ending = new AbortController()
    void listen(organization, ending.signal, (ended) =>
      setBoard((before) => withEnd(before, ended, Date.now())),
    )
    return () => ending.abort()
  }, [organization])
  return { question, board }
}

export type Running = Operations['listRunning']['reply']

async function listen(
  organization: string | undefined,
  signal: AbortSignal,
  onEnd: (ended: EndedExecution) => void,
): Promise<void> {
  try {
    for await (const { event, data } of client.streamLive({ organization, events: 'completed' }, { signal }))
      if (event === 'execution' && data.executionId !== undefined && data.startedAt !== undefined)
        onEnd({ ...data, executionId: data.executionId, startedAt: data.startedAt })
  } catch {
    // The page still shows what runs; what the service refuses, the question says.
  }
}
