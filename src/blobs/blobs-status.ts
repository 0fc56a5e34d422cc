/** Counters of an executor's blobs, since its start. Public: without types of its parts. */

export interface SpoolCounters {
  /** Blobs put into the spool. */
  kept: number
  /** Not kept, or given up later. */
  dropped: number
  /** Why the last one was. */
  lastDrop: string | null
}

export interface SenderCounters {
  sent: number
  /** Bytes of their content. */
  sentBytes: number
  retried: number
  lastError: string | null
}

/** State of blobs, for metrics and `status()`. */
export interface BlobsStatus extends SpoolCounters, SenderCounters {
  /** Blobs of this executor that are not in the store. */
  waiting: number
  /** Bytes that wait, of all processes with this home. */
  spoolBytes: number
}
