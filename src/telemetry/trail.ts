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

/** Counters since start; the numbers behind `/metrics`, `/readyz` and `doctor`. */
export interface TrailStatus {
  begun: number
  completed: number
  written: number
  sent: number
  retried: number
  dead: number
  dropped: number
  adopted: number
  /** Bytes waiting in this process's outbox. */
  outboxBytes: number
  /** Age of the oldest waiting entry, ms; null when nothing waits. */
  oldestMs: number | null
  lastError: string | null
}

/** The trail of executions: spans and records, by way of the outbox, to the Collector. */
export interface Trail {
  begin(record: StartedRecord): TrailEntry
  /** Waits until what was written is delivered, or `deadlineMs` passes; resolves to what is left. */
  flush(deadlineMs: number): Promise<{ left: number }>
  /** `flush`, then stops the sender and closes the outbox. */
  shutdown(deadlineMs: number): Promise<{ left: number }>
  status(): TrailStatus
}
