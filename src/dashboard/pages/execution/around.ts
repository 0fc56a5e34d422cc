/** The window in which what belongs to an execution lies: its workflow run, its trace, its repetitions. */
const DAY_MS = 86_400_000

export function around({ startedAt, timestamp }: { startedAt: string; timestamp?: string | undefined }) {
  const end = timestamp === undefined ? Date.now() : Date.parse(timestamp)
  return {
    from: new Date(Math.max(0, Date.parse(startedAt) - DAY_MS)).toISOString(),
    to: new Date(end + DAY_MS).toISOString(),
  }
}

const ARRIVES_WITHIN_MS = 30_000
const ASK_AGAIN_MS = 3000

/** How often to ask for what belongs to an execution while it may still be on its way to the store. */
export function refreshAfter({ timestamp }: { timestamp: string }): number | undefined {
  return Date.now() - Date.parse(timestamp) < ARRIVES_WITHIN_MS ? ASK_AGAIN_MS : undefined
}
