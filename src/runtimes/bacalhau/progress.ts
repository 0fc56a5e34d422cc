/** Where a job stands, read from its history: small, whatever the job carries. */
import type { HistoryItem } from './api.ts'

export interface JobProgress {
  /** Tries of the job, in the order they were asked for. */
  executionIds: readonly string[]
  submittedAtMs: number | null
  /** When the first try was let run, by the orchestrator's clock. */
  runningAtMs: number | null
  /** When the job was completed, by the same clock. */
  completedAtMs: number | null
  /** The orchestrator's last message about the job beside changes of state: why it waits or failed. */
  reason: string | null
}

/** Of a job nothing is known of. */
export const NO_PROGRESS: JobProgress = {
  executionIds: [],
  submittedAtMs: null,
  runningAtMs: null,
  completedAtMs: null,
  reason: null,
}

/** Reads a history, oldest first. */
export function readProgress(history: readonly HistoryItem[]): JobProgress {
  const executionIds = [...new Set(history.map(({ executionId }) => executionId))].filter((id) => id !== '')
  const ofJob = history.filter(({ executionId }) => executionId === '')
  const running = history.find(
    ({ executionId, message }) => executionId === executionIds[0] && message === 'Running',
  )
  const completed = ofJob.find(({ newState }) => newState === 'Completed')
  const message = ofJob.findLast(({ topic }) => !['Submission', 'State Update'].includes(topic))
  return {
    executionIds,
    submittedAtMs: history[0]?.atMs ?? null,
    runningAtMs: running?.atMs ?? null,
    completedAtMs: completed?.atMs ?? null,
    reason: message?.message ?? null,
  }
}
