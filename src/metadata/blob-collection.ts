/** Deletion of what no execution refers to: references end by age, and blobs after a grace period without any. */
import { sql } from 'kysely'
import type { Queries } from './database.ts'

/** Ends at most `limit` references of executions that started before a time. @returns how many ended */
export async function endReferences(
  queries: Queries,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  // The blobs are locked in one order before anything is removed, as every change does.
  const { rows } = await sql<{ n: string }>`
    WITH old AS (
      SELECT organization_id, execution_id, kind, sha256 FROM exectrail.blob_references
      WHERE started_at < ${before} ORDER BY started_at LIMIT ${limit}
    ), locked AS (
      SELECT organization_id, sha256 FROM exectrail.blobs
      WHERE (organization_id, sha256) IN (SELECT organization_id, sha256 FROM old)
      ORDER BY organization_id, sha256 FOR UPDATE
    ), ended AS (
      DELETE FROM exectrail.blob_references AS reference USING old, (SELECT count(*) FROM locked) AS held
      WHERE (reference.organization_id, reference.execution_id, reference.kind, reference.sha256)
        = (old.organization_id, old.execution_id, old.kind, old.sha256)
      RETURNING reference.organization_id, reference.sha256
    ), counted AS (
      SELECT organization_id, sha256, count(*) AS n FROM ended GROUP BY organization_id, sha256
    ), lowered AS (
      UPDATE exectrail.blobs AS blob
      SET reference_count = blob.reference_count - counted.n, touched_at = clock_timestamp()
      FROM counted WHERE (blob.organization_id, blob.sha256) = (counted.organization_id, counted.sha256)
    )
    SELECT count(*) AS n FROM ended`.execute(queries)
  return Number(rows[0]?.n ?? 0)
}

/** Removes at most `limit` notes of dropped content of executions that started before a time. @returns how many */
export async function endDrops(
  queries: Queries,
  { before, limit }: { before: Date; limit: number },
): Promise<number> {
  const { rows } = await sql`
    DELETE FROM exectrail.blob_drops WHERE (organization_id, execution_id, sha256) IN (
      SELECT organization_id, execution_id, sha256 FROM exectrail.blob_drops
      WHERE started_at < ${before} ORDER BY started_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING 1`.execute(queries)
  return rows.length
}

/** A blob that its claimer deletes. */
export interface ClaimedBlob {
  organizationId: string
  sha256: string
}

interface ClaimOptions {
  /** UUID of the collector. */
  claim: string
  /** How long a blob stays without references. */
  graceMs: number
  /** After this long another collector takes over what one has not deleted. */
  leaseMs: number
  limit: number
}

/**
 * Marks blobs without references as being deleted. From then on nothing refers to them until their rows are gone. Run it in
 * a transaction.
 */
export async function claimUnreferenced(
  queries: Queries,
  { claim, graceMs, leaseMs, limit }: ClaimOptions,
): Promise<ClaimedBlob[]> {
  const { rows: candidates } = await sql<{ organization_id: string; sha256: string }>`
    SELECT organization_id, sha256 FROM exectrail.blobs
    WHERE reference_count = 0 AND touched_at <= clock_timestamp() - make_interval(secs =>
      CASE state WHEN 'deleting' THEN ${leaseMs / 1000}::float ELSE ${graceMs / 1000}::float END)
    ORDER BY touched_at LIMIT ${limit} FOR UPDATE SKIP LOCKED`.execute(queries)
  if (candidates.length === 0) return []
  // A statement of its own: it sees what was added until the rows were locked.
  const { rows } = await sql<{ organization_id: string; sha256: string }>`
    UPDATE exectrail.blobs AS blob SET state = 'deleting', claim = ${claim}, touched_at = clock_timestamp()
    FROM unnest(${candidates.map((row) => row.organization_id)}::text[], ${candidates.map((row) => row.sha256)}::text[])
      AS candidate (organization_id, sha256)
    WHERE (blob.organization_id, blob.sha256) = (candidate.organization_id, candidate.sha256)
      AND blob.reference_count = 0
      AND NOT EXISTS (SELECT FROM exectrail.blob_references AS reference
        WHERE (reference.organization_id, reference.sha256) = (blob.organization_id, blob.sha256))
    RETURNING blob.organization_id, blob.sha256`.execute(queries)
  return rows.map((row) => ({ organizationId: row.organization_id, sha256: row.sha256 }))
}

/** Removes the rows of blobs whose objects the claimer has deleted. @returns bytes of their content */
export async function forgetDeleted(
  queries: Queries,
  claim: string,
  blobs: readonly ClaimedBlob[],
): Promise<number> {
  const { rows } = await sql<{ bytes: string | null }>`
    WITH held AS (
      SELECT blob.organization_id, blob.sha256 FROM exectrail.blobs AS blob
      JOIN unnest(${blobs.map(({ organizationId }) => organizationId)}::text[], ${blobs.map(({ sha256 }) => sha256)}::text[])
        AS deleted (organization_id, sha256) USING (organization_id, sha256)
      WHERE blob.state = 'deleting' AND blob.claim = ${claim}
      ORDER BY blob.organization_id, blob.sha256 FOR UPDATE OF blob
    ), gone AS (
      DELETE FROM exectrail.blobs AS blob USING held
      WHERE (blob.organization_id, blob.sha256) = (held.organization_id, held.sha256)
      RETURNING blob.organization_id, blob.bytes
    ), freed AS (
      SELECT organization_id, sum(bytes) AS bytes, count(*) AS n FROM gone GROUP BY organization_id
    ), lowered AS (
      UPDATE exectrail.blob_use AS used SET bytes = used.bytes - freed.bytes, blobs = used.blobs - freed.n
      FROM freed WHERE used.organization_id = freed.organization_id
    )
    SELECT sum(bytes) AS bytes FROM freed`.execute(queries)
  return Number(rows[0]?.bytes ?? 0)
}
