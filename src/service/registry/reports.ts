/** Reports about code agents: made by any reader, decided by administrators of the installation. */
import { randomUUID } from 'node:crypto'
import { ExectrailError, InvalidRequestError } from '../../errors.ts'
import { appendAudit, type Caller } from '../../metadata/audit-log.ts'
import type { Database, Queries } from '../../metadata/database.ts'
import {
  countOpenReports,
  findReport,
  insertReport,
  listReports as readReports,
  OPEN_REPORTS_MAX,
  resolveReport as storeResolution,
} from '../../metadata/registry-reports.ts'
import type { StoredReport } from '../../metadata/registry-types.ts'
import type { ReportKind } from '../../metadata/registry-values.ts'
import type { Scope } from '../../store/scope.ts'
import { isUuid } from '../../uuid.ts'
import { fullName, ownTenant, requireAgent, requireVersion, visibleVersions } from './agent-access.ts'
import { requireAdministrator } from './review.ts'

export interface ReportRequest {
  /** `namespace/name` */
  name: string
  version?: string | undefined
  kind: ReportKind
  message: string
}

/**
 * Reports an agent. Its owner does not learn who reports.
 * @throws {ExectrailError} `not_found`, also where the caller may not see it
 * @throws {InvalidRequestError} with as many open reports as there may be
 */
export async function report(
  { queries }: Database,
  { scope, actor }: Caller,
  { name, version, kind, message }: ReportRequest,
): Promise<StoredReport> {
  const id = randomUUID()
  const { organizationId, workspaceId = null } = ownTenant(scope)
  return queries.transaction().execute(async (transaction) => {
    const agent = await requireAgent(transaction, scope, name)
    if (version !== undefined)
      requireVersion(await visibleVersions(transaction, scope, agent), agent, version)
    if ((await countOpenReports(transaction, organizationId)) >= OPEN_REPORTS_MAX)
      throw new InvalidRequestError([
        { path: '', message: `your organization has ${OPEN_REPORTS_MAX} open reports, as many as it may` },
      ])
    await insertReport(transaction, {
      id,
      agentId: agent.id,
      version: version ?? null,
      organizationId,
      workspaceId,
      reportedBy: actor.name,
      kind,
      message,
    })
    await appendAudit(transaction, {
      actor,
      action: 'registry.report',
      subject: fullName(agent),
      organizationId,
      workspaceId,
      detail: { report: id, kind, version: version ?? null },
    })
    return found(transaction, id)
  })
}

/** The reports that the scope has made; for administrators of the installation all. The newest first, at most 1000. */
export function listReports(
  { queries }: Database,
  scope: Scope,
  options: { state: 'open' | 'resolved' | 'any' },
): Promise<StoredReport[]> {
  return readReports(queries, scope, options)
}

/**
 * Closes a report with what came of it, which its maker sees; a closed one stays as it is.
 * @throws {ExectrailError} `forbidden` unless the key administers the installation; `not_found`
 */
export async function resolveReport(
  { queries }: Database,
  { scope, actor }: Caller,
  { id, resolution }: { id: string; resolution: string },
): Promise<StoredReport> {
  requireAdministrator(scope)
  if (!isUuid(id)) throw unknownReport(id)
  return queries.transaction().execute(async (transaction) => {
    const before = await found(transaction, id)
    if (before.resolvedAt !== null) return before
    await storeResolution(transaction, { id, resolution, by: actor.name })
    await appendAudit(transaction, {
      actor,
      action: 'registry.report.resolve',
      subject: before.agent,
      organizationId: before.organizationId,
      workspaceId: before.workspaceId,
      detail: { report: id, resolution },
    })
    return found(transaction, id)
  })
}

async function found(queries: Queries, id: string): Promise<StoredReport> {
  const known = await findReport(queries, id)
  if (known === null) throw unknownReport(id)
  return known
}

function unknownReport(id: string): ExectrailError {
  return new ExectrailError('not_found', `there is no report ${JSON.stringify(id.slice(0, 80))}`, {
    hint: 'exectrail agent reports lists them with their ids.',
  })
}
