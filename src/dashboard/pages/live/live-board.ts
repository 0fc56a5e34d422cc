/** What runs now, and for a moment what has just ended, each at its place. */
import type { ExecutionView } from '../../../service/execution-view.ts'
import type { RunningView } from '../../../service/live-execution.ts'

export interface BoardRow {
  execution: Pick<RunningView, 'executionId' | 'startedAt'> & Partial<RunningView>
  /** When the service last had it among what runs, ms of this browser's clock. */
  seenMs: number
  /** Null while it runs; 'ended' where its outcome is on its way. */
  end: Ended | 'ended' | null
  /** When it was first missing or ended, ms of this browser's clock. */
  endedMs: number | null
}

export interface Ended {
  outcome: ExecutionView['outcome'] | undefined
  durationMs: number | undefined
}
/** An execution that ended, of which at least this is known. */
export type EndedExecution = Partial<ExecutionView> & Pick<ExecutionView, 'executionId' | 'startedAt'>

/** How long an end stays on the board. */
const STAYS_MS = 8_000
/** Ends on the board, at most. */
export const ENDS_MAX = 20

export type Board = ReadonlyMap<string, BoardRow>

/** The board after an answer of the service. What is no longer in it has ended; what ended earlier goes. */
export function withRunning(board: Board, running: readonly RunningView[], nowMs: number): Board {
  const next = new Map<string, BoardRow>()
  const runs = new Set(running.map(({ executionId }) => executionId))
  for (const [id, row] of board) {
    if (row.end === null && !runs.has(id)) next.set(id, { ...row, end: 'ended', endedMs: nowMs })
    else if (row.end !== null) next.set(id, row)
  }
  for (const execution of running) {
    const before = next.get(execution.executionId)
    // An event may be ahead of the answer.
    if (before === undefined || before.end === null || before.end === 'ended')
      next.set(execution.executionId, { execution, seenMs: nowMs, end: null, endedMs: null })
  }
  return withoutOld(next, nowMs)
}

/** The board after an end. */
export function withEnd(board: Board, ended: EndedExecution, nowMs: number): Board {
  const { executionId, outcome, durationMs } = ended
  const before = board.get(executionId)
  const row: BoardRow = {
    execution: before?.execution ?? toRunning(ended),
    seenMs: before?.seenMs ?? nowMs,
    end: { outcome, durationMs },
    endedMs: before?.endedMs ?? nowMs,
  }
  return withoutOld(new Map(board).set(executionId, row), nowMs)
}

/** Without the ends that have stayed long enough, or are too many. */
function withoutOld(board: Map<string, BoardRow>, nowMs: number): Board {
  const ends = [...board].filter(([, row]) => row.endedMs !== null)
  ends.sort(([, left], [, right]) => (right.endedMs ?? 0) - (left.endedMs ?? 0))
  for (const [place, [id, { endedMs }]] of ends.entries())
    if (place >= ENDS_MAX || nowMs - (endedMs ?? 0) > STAYS_MS) board.delete(id)
  return board
}

/** The newest first. */
export function rowsOf(board: Board): BoardRow[] {
  return [...board.values()].sort((left, right) =>
    left.execution.startedAt < right.execution.startedAt ? 1 : -1,
  )
}

/** ms since the start, as of now. */
export function elapsedOf({ execution, seenMs, end, endedMs }: BoardRow, nowMs: number): number {
  const until = end === null ? nowMs : (endedMs ?? nowMs)
  return (execution.elapsedMs ?? 0) + Math.max(0, until - seenMs)
}

function toRunning(ended: EndedExecution): BoardRow['execution'] {
  const { executionId, startedAt, codeAgentId, runtime, language, limitTimeoutMs } = ended
  return {
    executionId,
    startedAt,
    ...(codeAgentId === undefined ? {} : { codeAgentId }),
    ...(runtime === undefined ? {} : { runtime }),
    ...(language === undefined ? {} : { language }),
    ...(limitTimeoutMs === undefined ? {} : { limitTimeoutMs }),
  }
}
