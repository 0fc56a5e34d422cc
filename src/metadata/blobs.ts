/** Tables of content in the blob store and of the executions that refer to it. Every change locks the row of its blob first. */
import { sql, type SqlBool } from 'kysely'
import type { Queries } from './database.ts'

/** Content of one execution. */
export interface BlobReference {
  organizationId: string
  executionId: string
  /** The part of the execution, such as 'stdout'. */
  kind: string
  /** Of the content, 64 hex. */
  sha256: string
  bytes: number
  /** ISO 8601 UTC */
  startedAt: string
  /** The content is cut at the bound of a blob. */
  isCut: boolean
}

/**
 * `pending`, `stored`: added, and whether the object is known to be in the store. `deleting`: nothing is added, try again
 * later. `over_quota`: to be rolled back.
 */
export type Added = 'pending' | 'stored' | 'deleting' | 'over_quota'

/**
 * Adds a reference, and the blob where the organization does not have it. Adding it again changes nothing. To be called
 * before the object is stored, in a transaction: from its end on nothing deletes the object.
 * @param quotaBytes content of the organization, at most; null for no bound
 */
export async function addReference(
  queries: Queries,
  reference: BlobReference,
  quotaBytes: number | null,
): Promise<Added> {
  const { organizationId, sha256, executionId, kind, startedAt, isCut, bytes } = reference
  const { rows } = await sql<{ is_new: boolean; state: 'pending' | 'stored' }>`
    INSERT INTO exectrail.blobs AS blob (organization_id, sha256, bytes)
    VALUES (${organizationId}, ${sha256}, ${bytes})
    ON CONFLICT (organization_id, sha256) DO UPDATE SET touched_at = clock_timestamp()
      WHERE blob.state <> 'deleting'
    RETURNING xmax = 0 AS is_new, state`.execute(queries)
  const [row] = rows
  if (row === undefined) return 'deleting'
  if (row.is_new && !(await use(queries, { organizationId, bytes, quotaBytes }))) return 'over_quota'
  const added = await queries
    .insertInto('blob_references')
    .values({
      organization_id: organizationId,
      execution_id: executionId,
      kind,
      sha256,
      started_at: startedAt,
      is_cut: isCut,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (added.numInsertedOrUpdatedRows === 1n)
    await queries
      .updateTable('blobs')
      .set({ reference_count: sql`reference_count + 1` })
      .where('organization_id', '=', organizationId)
      .where('sha256', '=', sha256)
      .execute()
  return row.state
}

/** Counts a new blob; false where it exceeds the quota. */
async function use(
  queries: Queries,
  { organizationId, bytes, quotaBytes }: { organizationId: string; bytes: number; quotaBytes: number | null },
): Promise<boolean> {
  const { rows } = await sql<{ bytes: string }>`
    INSERT INTO exectrail.blob_use AS used (organization_id, bytes, blobs)
    VALUES (${organizationId}, ${bytes}, 1)
    ON CONFLICT (organization_id) DO UPDATE SET bytes = used.bytes + excluded.bytes, blobs = used.blobs + 1
    RETURNING bytes`.execute(queries)
  return quotaBytes === null || Number(rows[0]?.bytes) <= quotaBytes
}

/**
 * Notes that the object is in the store, as long as the reference is there.
 * @param storedBytes as it is stored
 * @returns false where the reference has ended meanwhile: the object may have been deleted before, or may stay behind
 */
export async function markStored(
  queries: Queries,
  { organizationId, executionId, kind, sha256 }: Omit<BlobReference, 'bytes' | 'startedAt' | 'isCut'>,
  storedBytes: number,
): Promise<boolean> {
  const reference = sql<SqlBool>`exists (select from exectrail.blob_references as reference
    where (reference.organization_id, reference.execution_id, reference.kind, reference.sha256)
      = (${organizationId}, ${executionId}, ${kind}, ${sha256}))`
  await queries
    .updateTable('blobs')
    .set({ state: 'stored', stored_bytes: sql`coalesce(${storedBytes}, stored_bytes)` })
    .where('organization_id', '=', organizationId)
    .where('sha256', '=', sha256)
    .where('state', '=', 'pending')
    .where(reference)
    .execute()
  const { rows } = await sql<{ is_there: boolean }>`SELECT ${reference} AS is_there`.execute(queries)
  return rows[0]?.is_there ?? false
}

/** `quota` of its organization; `damaged`: its file in the spool was; `age`: it waited there for too long. */
export type DropReason = 'quota' | 'damaged' | 'age'

/** Notes that content of an execution does not reach the store. Noting it again changes nothing. */
export async function noteDrop(
  queries: Queries,
  {
    organizationId,
    executionId,
    sha256,
    startedAt,
  }: Pick<BlobReference, 'organizationId' | 'executionId' | 'sha256' | 'startedAt'>,
  why: DropReason,
): Promise<void> {
  await queries
    .insertInto('blob_drops')
    .values({
      organization_id: organizationId,
      execution_id: executionId,
      sha256,
      started_at: startedAt,
      why,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/**
 * What is known of content that an execution names: whether it is in the store, or why it was dropped. `unknown`: it waits
 * in a spool that was not sent from yet, or all notes of it have gone by their age.
 */
export async function contentState(
  queries: Queries,
  { organizationId, executionId, sha256 }: Pick<BlobReference, 'organizationId' | 'executionId' | 'sha256'>,
): Promise<'pending' | 'stored' | DropReason | 'unknown'> {
  const blob = await queries
    .selectFrom('blob_references as reference')
    .innerJoin('blobs as blob', (join) =>
      join
        .onRef('blob.organization_id', '=', 'reference.organization_id')
        .onRef('blob.sha256', '=', 'reference.sha256'),
    )
    .select('blob.state')
    .where('reference.organization_id', '=', organizationId)
    .where('reference.execution_id', '=', executionId)
    .where('reference.sha256', '=', sha256)
    .executeTakeFirst()
  if (blob !== undefined) return blob.state === 'pending' ? 'pending' : 'stored'
  const drop = await queries
    .selectFrom('blob_drops')
    .select('why')
    .where('organization_id', '=', organizationId)
    .where('execution_id', '=', executionId)
    .where('sha256', '=', sha256)
    .executeTakeFirst()
  return drop?.why ?? 'unknown'
}

/** Content that an organization has in the store. */
export async function blobUse(
  queries: Queries,
  organizationId: string,
): Promise<{ bytes: number; blobs: number }> {
  const row = await queries
    .selectFrom('blob_use')
    .select(['bytes', 'blobs'])
    .where('organization_id', '=', organizationId)
    .executeTakeFirst()
  return { bytes: Number(row?.bytes ?? 0), blobs: Number(row?.blobs ?? 0) }
}
