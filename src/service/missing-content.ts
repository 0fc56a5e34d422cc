/** Why content that a record names is not in the blob store. */
import { ExectrailError } from '../errors.ts'
import { contentState, type DropReason } from '../metadata/blobs.ts'
import type { Database } from '../metadata/database.ts'
import type { ExecutionRecord } from '../record/record.ts'
import type { Store } from '../store/client.ts'
import { readOldestKept } from './content-age.ts'

export interface MissingParts {
  store: Store
  /** Null: nothing is known of references. */
  database: Database | null
  /** Content goes with the month that ended so many days ago; null: with its executions. */
  contentDays: number | null
}

interface Missing {
  sha256: string
  /** Such as 'stdout'. */
  what: string
  /** Content waits in a spool for so long at most, ms. */
  maxWaitMs: number
}

/**
 * `content_pending`, `content_expired`, or `content_not_kept` with its reason.
 * @param now ms since the epoch
 * @throws {StoreError} {MetadataError}
 */
export async function explainMissing(
  { store, database, contentDays }: MissingParts,
  record: ExecutionRecord,
  { sha256, what, maxWaitMs }: Missing,
  now = Date.now(),
): Promise<ExectrailError> {
  if (isExpired(record)) return expired()
  const oldest = await readOldestKept(store, contentDays, now)
  if (oldest !== null && Date.parse(record.startedAt) < oldest.getTime()) return expired()
  const { organizationId, executionId } = record
  const state =
    database === null
      ? 'unknown'
      : await contentState(database.queries, { organizationId, executionId, sha256 })
  if (state === 'pending') return pending(what)
  if (state === 'stored') return dropped(what, 'lost')
  if (state !== 'unknown') return dropped(what, state)
  return now - Date.parse(record.timestamp) <= maxWaitMs ? pending(what) : dropped(what, 'age')
}

/** Whether the store has emptied the record's content. */
export function isExpired({ requestLoss }: ExecutionRecord): boolean {
  return requestLoss === 'content expired'
}

export function expired(): ExectrailError {
  return new ExectrailError('content_expired', 'the content of this execution has gone with its retention', {
    hint: 'EXECTRAIL_RETENTION_CONTENT_DAYS says for how long content stays.',
  })
}

const PENDING_RETRY_MS = 5_000

function pending(what: string): ExectrailError {
  return new ExectrailError('content_pending', `the ${what} is not in the blob store yet`, {
    hint: 'It waits in the spool of the executor that ran the code, and comes once the blob store answers; `exectrail doctor` says what waits.',
    retryAfterMs: PENDING_RETRY_MS,
  })
}

const WHY: Readonly<Record<DropReason | 'lost', { message: string; hint: string }>> = {
  quota: {
    message: 'was dropped: the quota of its organization was used up',
    hint: 'EXECTRAIL_BLOBS_QUOTA_MB bounds the content of each organization; the record has a part of it.',
  },
  damaged: {
    message: 'was lost: its file in the spool was not complete',
    hint: 'A power failure or a full disk of the executor does that; the record has a part of it.',
  },
  age: {
    message: 'was dropped: it did not reach the blob store in time',
    hint: 'The spool gives up what it could not send for EXECTRAIL_OUTBOX_MAX_DAYS; the record has a part of it.',
  },
  lost: {
    message: 'is no longer in the blob store',
    hint: 'It was removed from outside, or this service uses another blob store than the executor: compare EXECTRAIL_BLOBS and EXECTRAIL_BLOBS_BUCKET.',
  },
}

function dropped(what: string, why: keyof typeof WHY): ExectrailError {
  const { message, hint } = WHY[why]
  return new ExectrailError('content_not_kept', `the ${what} ${message}`, { hint })
}
