/** The tables of the metadata, as Kysely sees them. */
import type { Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type { DecidedState } from './error-states.ts'
import type { KeyScope } from './key-scopes.ts'

export interface Tables {
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
}
