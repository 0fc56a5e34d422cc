/** The table of versions, which never change except in status and review. */
import { sql, type Selectable } from 'kysely'
import type { VersionStatus } from '../registry/reference.ts'
import { SCHEMA, type Queries } from './database.ts'
import type { Review } from './registry-values.ts'
import type { Tables } from './tables.ts'

/** A version without its definition. Times are ISO 8601 UTC. */
export interface StoredVersion {
  agentId: string
  version: string
  /** Of the canonical JSON of the definition. */
  sha256: string
  codeSha256: string
  status: VersionStatus
  /** Why it is deprecated or yanked. */
  reason: string | null
  statusAt: string | null
  statusBy: string | null
  /** Null: never asked for. */
  review: Review | null
  reviewReason: string | null
  reviewedAt: string | null
  reviewedBy: string | null
  publishedAt: string
  publishedBy: string
  /** The organization that published it. */
  publisherId: string
  /** DSSE envelope; null: not signed. */
  signature: Readonly<Record<string, unknown>> | null
  /** Id of the key that the signature was made with; null: not signed. */
  signedBy: string | null
  /** By a key that is not revoked. */
  isSigned: boolean
  checks: Readonly<Record<string, unknown>>
}

export interface NewVersion extends Pick<
  StoredVersion,
  | 'agentId'
  | 'version'
  | 'sha256'
  | 'codeSha256'
  | 'review'
  | 'publishedBy'
  | 'publisherId'
  | 'signature'
  | 'signedBy'
  | 'checks'
> {
  /** Canonical JSON. */
  definition: string
}

/** Versions of one agent, at most. */
export const VERSIONS_MAX = 1_000

const COLUMNS = [
  'agent_id',
  'version',
  'sha256',
  'code_sha256',
  'status',
  'status_reason',
  'status_at',
  'status_by',
  'review',
  'review_reason',
  'reviewed_at',
  'reviewed_by',
  'published_at',
  'published_by',
  'publisher_id',
  'signature',
  'signed_by',
  'checks',
] as const satisfies readonly (keyof Tables['registry_versions'])[]

const isSigned = sql<boolean>`registry_versions.signature is not null and not exists (
  select from ${sql.table(`${SCHEMA}.registry_keys`)} as key where key.organization_id = registry_versions.publisher_id
    and key.id = registry_versions.signed_by and key.revoked_at is not null)`.as('is_signed')

/** Adds a version unless the agent has it. @returns whether it was added */
export async function insertVersion(queries: Queries, version: NewVersion): Promise<boolean> {
  const row = await queries
    .insertInto('registry_versions')
    .values({
      agent_id: version.agentId,
      version: version.version,
      definition: version.definition,
      sha256: version.sha256,
      code_sha256: version.codeSha256,
      review: version.review,
      published_by: version.publishedBy,
      publisher_id: version.publisherId,
      signature: version.signature === null ? null : JSON.stringify(version.signature),
      signed_by: version.signedBy,
      checks: JSON.stringify(version.checks),
      status_reason: null,
      status_by: null,
      review_reason: null,
      reviewed_by: null,
    })
    .onConflict((conflict) => conflict.columns(['agent_id', 'version']).doNothing())
    .returning('version')
    .executeTakeFirst()
  return row !== undefined
}

/** The versions of an agent, in the order in which they were published. @param only `approved`: what other organizations see */
export async function versionsOf(
  queries: Queries,
  agentId: string,
  only: 'all' | 'approved',
): Promise<StoredVersion[]> {
  let query = queries
    .selectFrom('registry_versions')
    .select(COLUMNS)
    .select(isSigned)
    .where('agent_id', '=', agentId)
    .orderBy('published_at')
    .orderBy('version')
    .limit(VERSIONS_MAX)
  if (only === 'approved') query = query.where('review', '=', 'approved')
  return (await query.execute()).map(toVersion)
}

export type VersionState = Pick<StoredVersion, 'agentId' | 'version' | 'status' | 'reason' | 'review'>

/** The versions of several agents, as far as choosing among them needs it. */
export async function statusesOf(queries: Queries, agentIds: readonly string[]): Promise<VersionState[]> {
  if (agentIds.length === 0) return []
  const rows = await queries
    .selectFrom('registry_versions')
    .select(['agent_id', 'version', 'status', 'status_reason', 'review'])
    .where('agent_id', 'in', [...agentIds])
    .orderBy('published_at')
    .execute()
  return rows.map((row) => ({
    agentId: row.agent_id,
    version: row.version,
    status: row.status,
    reason: row.status_reason,
    review: row.review,
  }))
}

/** `name` is `namespace/name`. */
export type VersionOfNamespace = Pick<StoredVersion, 'version' | 'review' | 'sha256' | 'signature'> & {
  name: string
}

/** The versions of every agent of a namespace, whoever owns it. @param namespace its agents are few */
export async function versionsIn(queries: Queries, namespace: string): Promise<VersionOfNamespace[]> {
  const versions = await queries
    .selectFrom('registry_versions')
    .innerJoin('registry_agents', 'registry_agents.id', 'registry_versions.agent_id')
    .select(['registry_agents.name', 'registry_versions.version', 'registry_versions.review'])
    .select(['registry_versions.sha256', 'registry_versions.signature'])
    .where('registry_agents.namespace', '=', namespace)
    .execute()
  return versions.map((version) => Object.assign(version, { name: `${namespace}/${version.name}` }))
}

/** Signs a version that its publisher has published before. */
export async function setVersionSignature(
  queries: Queries,
  {
    agentId,
    version,
    signature,
    signedBy,
  }: Pick<StoredVersion, 'agentId' | 'version' | 'signature' | 'signedBy'>,
): Promise<void> {
  await queries
    .updateTable('registry_versions')
    .set({ signature: signature === null ? null : JSON.stringify(signature), signed_by: signedBy })
    .where('agent_id', '=', agentId)
    .where('version', '=', version)
    .execute()
}

/** One version; null when there is none. */
export async function findVersion(
  queries: Queries,
  { agentId, version }: Pick<StoredVersion, 'agentId' | 'version'>,
): Promise<StoredVersion | null> {
  const row = await queries
    .selectFrom('registry_versions')
    .select(COLUMNS)
    .select(isSigned)
    .where('agent_id', '=', agentId)
    .where('version', '=', version)
    .executeTakeFirst()
  return row === undefined ? null : toVersion(row)
}

/** The canonical JSON of a version's definition. */
export async function readDefinitionText(
  queries: Queries,
  { agentId, version }: Pick<StoredVersion, 'agentId' | 'version'>,
): Promise<string> {
  const row = await queries
    .selectFrom('registry_versions')
    .select('definition')
    .where('agent_id', '=', agentId)
    .where('version', '=', version)
    .executeTakeFirstOrThrow()
  return row.definition
}

/** Marks a version. @param by name of the key */
export async function setVersionStatus(
  queries: Queries,
  { agentId, version }: Pick<StoredVersion, 'agentId' | 'version'>,
  { status, reason, by }: { status: VersionStatus; reason: string | null; by: string },
): Promise<void> {
  await queries
    .updateTable('registry_versions')
    .set({ status, status_reason: reason, status_at: sql<Date>`now()`, status_by: by })
    .where('agent_id', '=', agentId)
    .where('version', '=', version)
    .execute()
}

function toVersion(
  row: Pick<Selectable<Tables['registry_versions']>, (typeof COLUMNS)[number]> & { is_signed: boolean },
): StoredVersion {
  return {
    agentId: row.agent_id,
    version: row.version,
    sha256: row.sha256,
    codeSha256: row.code_sha256,
    status: row.status,
    reason: row.status_reason,
    statusAt: row.status_at?.toISOString() ?? null,
    statusBy: row.status_by,
    review: row.review,
    reviewReason: row.review_reason,
    reviewedAt: row.reviewed_at?.toISOString() ?? null,
    reviewedBy: row.reviewed_by,
    publishedAt: row.published_at.toISOString(),
    publishedBy: row.published_by,
    publisherId: row.publisher_id,
    signature: row.signature,
    signedBy: row.signed_by,
    isSigned: row.is_signed,
    checks: row.checks,
  }
}
