import type { ExecutionRecord, StartedRecord } from '../execution.ts'

/** A span opened for one execution; closed by exactly one `complete`. */
export interface TrailEntry {
  readonly traceId: string
  readonly spanId: string
  /** W3C `traceparent` for the sandbox's environment. */
  readonly traceparent: string
  /** Appends the completed record and ends the span. Never throws, never waits on the network. */
  complete(record: ExecutionRecord): void
}

/** Counters since start; the numbers behind `/metrics`, `/readyz` and `doctor`. Records are log records and spans. */
export interface TrailStatus {
  /** Executions. */
  begun: number
  completed: number
  /** Records put in the outbox. */
  written: number
  /** Records the receiver took. */
  sent: number
  /** Times the sender had to try again. */
  retried: number
  /** Records the receiver refused for good. */
  dead: number
  /** Records lost: no room on the disk and none in memory, or not delivered for too long. */
  dropped: number
  /** Executions of processes that are gone, completed as crashed. */
  adopted: number
  /** Damaged places in the outbox, skipped and kept aside. */
  corrupt: number
  /** Writes to the outbox, the time they took together and the longest, ms. */
  appends: { count: number; totalMs: number; longestMs: number }
  /** Bytes waiting: this process's and those it took over, in memory included. */
  outboxBytes: number
  /** Those of them that are in memory alone, for want of room on the disk. */
  heldBytes: number
  /** Age of the oldest waiting entry, ms; null when nothing waits. */
  oldestMs: number | null
  lastError: string | null
}

/** The trail of executions: spans and records, by way of the outbox, to the Collector. */
export interface Trail {
  begin(record: StartedRecord, tool?: { toolName?: string | undefined }): TrailEntry
  /** Waits until what was written is delivered, or `deadlineMs` passes; resolves to what is left. */
  flush(deadlineMs: number): Promise<{ left: number }>
  /** `flush`, then stops the sender and closes the outbox. */
  shutdown(deadlineMs: number): Promise<{ left: number }>
  status(): TrailStatus
}
