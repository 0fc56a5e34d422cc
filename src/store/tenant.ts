import type { Parameters } from './client.ts'
import type { Scope, Tenant, Window } from './scope.ts'
import { toClickHouseTime } from './rows.ts'

/** A WHERE clause and the values bound in it. */
export interface Condition {
  sql: string
  parameters: Parameters
}

/**
 * The condition of every statement over our tables: the tenant, and the window over the start time, which is called
 * `Timestamp` in `otel_traces`. Only this function adds the tenant.
 */
export function tenantCondition(
  scope: Scope,
  window: Window | null,
  start: 'started_at' | 'Timestamp' = 'started_at',
): Condition {
  const parts = scope === 'all' ? ['true'] : ownRows(scope, start)
  const tenant = scope === 'all' ? {} : { ...scope }
  if (window === null) return { sql: parts.join(' AND '), parameters: tenant }
  parts.push(`${start} >= {from:DateTime64(9)}`, `${start} < {to:DateTime64(9)}`)
  return {
    sql: parts.join(' AND '),
    parameters: { ...tenant, from: toClickHouseTime(window.from), to: toClickHouseTime(window.to) },
  }
}

/** Parameters of the tenant, which all conditions of one statement share. */
export const TENANT_PARAMETERS: ReadonlySet<string> = new Set<keyof Tenant>(['organizationId', 'workspaceId'])

const ORGANIZATION = 'organization_id = {organizationId:String}'
const WORKSPACE = 'workspace_id = {workspaceId:String}'

/** Spans carry the organization but no workspace, which their execution's row has. */
function ownRows({ workspaceId }: Tenant, start: 'started_at' | 'Timestamp'): string[] {
  if (workspaceId === undefined) return [ORGANIZATION]
  const executions = `SELECT execution_id FROM code_exec_logs WHERE ${ORGANIZATION} AND ${WORKSPACE}`
  return [ORGANIZATION, start === 'started_at' ? WORKSPACE : `execution_id IN (${executions})`]
}

/** Adds a further condition. */
export function narrow(base: Condition, sql: string, parameters: Parameters): Condition {
  return { sql: `${base.sql} AND ${sql}`, parameters: { ...base.parameters, ...parameters } }
}
