/** What the trail has counted since its start. */
export interface Counters {
  begun: number
  completed: number
  /** Log records and spans put in the outbox. */
  written: number
  sent: number
  retried: number
  dead: number
  dropped: number
  adopted: number
  /** Damaged places in segments, skipped and kept aside. */
  corrupt: number
  lastError: string | null
}

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
    lastError: null,
  }
}
