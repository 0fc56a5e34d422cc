/** The table of reports about code agents. */
import { sql, type Selectable } from 'kysely'
import type { Scope } from '../store/scope.ts'
import type { Queries } from './database.ts'
import type { StoredReport } from './registry-types.ts'
import type { Tables } from './tables.ts'

export interface NewReport extends Pick<
  StoredReport,
  'id' | 'version' | 'organizationId' | 'workspaceId' | 'reportedBy' | 'kind' | 'message'
> {
  agentId: string
}

/** Open reports of one organization, at most. */
export const OPEN_REPORTS_MAX = 200

export async function insertReport(queries: Queries, report: NewReport): Promise<void> {
  await queries
    .insertInto('registry_reports')
    .values({
      id: report.id,
      agent_id: report.agentId,
      version: report.version,
      organization_id: report.organizationId,
      workspace_id: report.workspaceId ?? '',
      reported_by: report.reportedBy,
      kind: report.kind,
      message: report.message,
      resolution: null,
      resolved_by: null,
    })
    .execute()
}

export async function countOpenReports(queries: Queries, organizationId: string): Promise<number> {
  const { count } = await queries
    .selectFrom('registry_reports')
    .select(sql<string>`count(*)`.as('count'))
    .where('organization_id', '=', organizationId)
    .where('resolved_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** The reports that a scope has made, or all; the newest first, at most 1000. */
export async function listReports(
  queries: Queries,
  scope: Scope,
  { state }: { state: 'open' | 'resolved' | 'any' },
): Promise<StoredReport[]> {
  let query = reports(queries).orderBy('registry_reports.created_at', 'desc').limit(1_000)
  if (scope !== 'all') query = query.where('registry_reports.organization_id', '=', scope.organizationId)
  if (scope !== 'all' && scope.workspaceId !== undefined)
    query = query.where('registry_reports.workspace_id', '=', scope.workspaceId)
  if (state === 'open') query = query.where('registry_reports.resolved_at', 'is', null)
  if (state === 'resolved') query = query.where('registry_reports.resolved_at', 'is not', null)
  return (await query.execute()).map(toReport)
}

/** A report by its id, whoever made it; null when there is none. */
export async function findReport(queries: Queries, id: string): Promise<StoredReport | null> {
  const row = await reports(queries).where('registry_reports.id', '=', id).executeTakeFirst()
  return row === undefined ? null : toReport(row)
}

/** Closes a report. */
export async function resolveReport(
  queries: Queries,
  { id, resolution, by }: { id: string; resolution: string; by: string },
): Promise<void> {
  await queries
    .updateTable('registry_reports')
    .set({ resolution, resolved_at: sql<Date>`now()`, resolved_by: by })
    .where('id', '=', id)
    .execute()
}

function reports(queries: Queries) {
  return queries
    .selectFrom('registry_reports')
    .innerJoin('registry_agents', 'registry_agents.id', 'registry_reports.agent_id')
    .selectAll('registry_reports')
    .select(['registry_agents.namespace', 'registry_agents.name'])
}

function toReport(
  row: Selectable<Tables['registry_reports']> & { namespace: string; name: string },
): StoredReport {
  return {
    id: row.id,
    agent: `${row.namespace}/${row.name}`,
    version: row.version,
    organizationId: row.organization_id,
    workspaceId: row.workspace_id || null,
    reportedBy: row.reported_by,
    kind: row.kind,
    message: row.message,
    createdAt: row.created_at.toISOString(),
    resolution: row.resolution,
    resolvedAt: row.resolved_at?.toISOString() ?? null,
    resolvedBy: row.resolved_by,
  }
}
