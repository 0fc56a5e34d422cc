import type { Parameters } from './client.ts'
import type { Scope, Window } from './scope.ts'
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
  const parts = [scope === 'all' ? 'true' : 'organization_id = {organizationId:String}']
  const tenant = scope === 'all' ? {} : { organizationId: scope.organizationId }
  if (window === null) return { sql: parts.join(' AND '), parameters: tenant }
  parts.push(`${start} >= {from:DateTime64(9)}`, `${start} < {to:DateTime64(9)}`)
  return {
    sql: parts.join(' AND '),
    parameters: { ...tenant, from: toClickHouseTime(window.from), to: toClickHouseTime(window.to) },
  }
}

/** Adds a further condition. */
export function narrow(base: Condition, sql: string, parameters: Parameters): Condition {
  return { sql: `${base.sql} AND ${sql}`, parameters: { ...base.parameters, ...parameters } }
}
