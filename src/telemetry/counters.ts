import type { TrailStatus } from './trail.ts'

/** Counters of the trail since its start. */
export type Counters = Omit<TrailStatus, 'outboxBytes' | 'heldBytes' | 'oldestMs'>

export function zeroCounters(): Counters {
  return {
    begun: 0,
    completed: 0,
    written: 0,
    sent: 0,
    retried: 0,
    dead: 0,
    dropped: 0,
    adopted: 0,
    corrupt: 0,
    appends: { count: 0, totalMs: 0, longestMs: 0 },
    lastError: null,
  }
}
