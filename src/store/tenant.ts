import type { Parameters } from './client.ts'
import type { Scope, Window } from './scope.ts'
import { fromIso } from './rows.ts'

/** A WHERE clause and the values bound in it. */
export interface Condition {
  sql: string
  parameters: Parameters
}

/**
 * The condition every statement over `code_exec_logs` begins with: whose rows, and which window of
 * `started_at`. This is the one place where the tenant is added.
 */
export function tenantCondition(scope: Scope, window: Window | null): Condition {
  const parts = [scope === 'all' ? 'true' : 'organization_id = {organizationId:String}']
  const tenant = scope === 'all' ? {} : { organizationId: scope.organizationId }
  if (window === null) return { sql: parts.join(' AND '), parameters: tenant }
  parts.push('started_at >= {from:DateTime64(9)}', 'started_at < {to:DateTime64(9)}')
  return {
    sql: parts.join(' AND '),
    parameters: { ...tenant, from: fromIso(window.from), to: fromIso(window.to) },
  }
}

/** Adds a further condition. */
export function narrow(base: Condition, sql: string, parameters: Parameters): Condition {
  return { sql: `${base.sql} AND ${sql}`, parameters: { ...base.parameters, ...parameters } }
}
