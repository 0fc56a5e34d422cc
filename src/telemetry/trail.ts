import type { Context } from '@opentelemetry/api'
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
  /** Records written to the outbox. */
  written: number
  /** Records the receiver accepted. */
  sent: number
  /** Times the sender had to try again. */
  retried: number
  /** Records the receiver refused for good. */
  dead: number
  /** Records lost: no room on the disk nor in memory, or not delivered for too long. */
  dropped: number
  /** Executions of processes that are gone, completed as crashed. */
  adopted: number
  /** Damaged ranges of the outbox, skipped and kept in a file. */
  corrupt: number
  /** Writes to the outbox, their total time and the longest, ms. */
  appends: { count: number; totalMs: number; longestMs: number }
  /** Bytes waiting: of this process and of those it adopted, including memory. */
  outboxBytes: number
  /** Those that are only in memory, because the disk has no room. */
  heldBytes: number
  /** Age of the oldest waiting entry, ms; null when nothing waits. */
  oldestMs: number | null
  lastError: string | null
}

/** What is known of a call beside its record. */
export interface Call {
  /** What the caller calls the tool. */
  toolName?: string | undefined
  /** Context of the span's parent. @default the caller's active one */
  parent?: Context | undefined
}

/** The trail of executions: their spans and records, through the outbox, to the Collector. */
export interface Trail {
  begin(record: StartedRecord, call?: Call): TrailEntry
  /** Waits until what was written is delivered, or `deadlineMs` passes; resolves to what is left. */
  flush(deadlineMs: number): Promise<{ left: number }>
  /** `flush`, then stops the sender and closes the outbox. */
  shutdown(deadlineMs: number): Promise<{ left: number }>
  status(): TrailStatus
}
