/** The tables of the metadata, as Kysely sees them. */
import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type { AlertTables } from './alert-tables.ts'
import type { DropReason } from './blobs.ts'
import type { BudgetPeriod } from '../cost/period.ts'
import type { BudgetAction, BudgetSetter, WarningPercent } from './budgets.ts'
import type { DecidedState } from './error-states.ts'
import type { KeyScope } from './key-scopes.ts'
import type { RegistryTables } from './registry-tables.ts'

export interface Tables extends AlertTables, RegistryTables {
  api_keys: {
    id: string
    name: string
    secret_sha256: Buffer
    organization_id: string | null
    workspace_id: string | null
    scopes: KeyScope[]
    created_at: Generated<Date>
    expires_at: Date | null
    revoked_at: Date | null
    last_used_at: Date | null
  }
  error_states: {
    organization_id: string
    /** '': the whole organization. */
    workspace_id: string
    fingerprint: string
    state: DecidedState
    assignee: string | null
    state_since: Generated<Date>
    changed_by: string
  }
  audit_log: {
    /** Text of a bigint. */
    id: GeneratedAlways<string>
    at: Generated<Date>
    actor_key_id: string | null
    actor_name: string
    organization_id: string | null
    workspace_id: string | null
    action: string
    subject: string
    detail: JSONColumnType<Record<string, unknown>>
    address: string | null
  }
  /** bigint columns come as text. */
  budgets: {
    id: string
    organization_id: string
    /** '': every one. */
    workspace_id: string
    code_agent_id: string
    user_id: string
    period: BudgetPeriod
    limit_nano_usd: string | number
    action: BudgetAction
    set_by: BudgetSetter
    changed_at: Generated<Date>
    changed_by: string
    reconciled_at: Generated<Date>
  }
  budget_use: {
    budget_id: string
    period_start: Date | string
    spent_nano_usd: string | number
    executions: string | number
    unpriced: string | number
  }
  budget_holds: {
    budget_id: string
    executor_id: string
    reserved_nano_usd: string | number
    running: number
    expires_at: Date
  }
  blobs: {
    organization_id: string
    sha256: string
    bytes: string | number
    stored_bytes: string | number | null
    state: Generated<'pending' | 'stored' | 'deleting'>
    reference_count: Generated<string | number>
    touched_at: Generated<Date>
    claim: string | null
  }
  blob_references: {
    organization_id: string
    execution_id: string
    kind: string
    sha256: string
    started_at: Date | string
    is_cut: boolean
  }
  blob_drops: {
    organization_id: string
    execution_id: string
    sha256: string
    started_at: Date | string
    why: DropReason
  }
  link_secret: {
    id: Generated<number>
    secret: string
  }
  installation_key: {
    id: Generated<number>
    private_key: string
  }
  blob_use: {
    organization_id: string
    bytes: string | number
    blobs: string | number
  }
  budget_warnings: {
    budget_id: string
    period_start: Date | string
    percent: WarningPercent
    at: Generated<Date>
    spent_nano_usd: string | number
    limit_nano_usd: string | number
  }
}
