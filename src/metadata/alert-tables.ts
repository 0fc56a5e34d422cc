/** The tables of alerts, as Kysely sees them. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely'

type Json = JSONColumnType<Record<string, unknown>>
type Times = ColumnType<Date, Date | string, Date | string>
type MaybeTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>

interface Owned {
  /** Null: every organization, and every workspace. */
  organization_id: string | null
  workspace_id: string | null
}

export interface AlertTables {
  alert_rules: Owned & {
    id: string
    name: string
    definition: Json
    enabled: boolean
    created_at: Generated<Date>
    updated_at: Generated<Date>
    changed_by: string
    next_end: Times
    failures: Generated<number>
    last_error: string | null
    retry_at: MaybeTime
  }
  alerts: Owned & {
    id: string
    rule_id: string
    group_name: string
    group_key: Json
    phase: 'pending' | 'firing' | 'resolved'
    severity: 'warning' | 'critical'
    state: Json
    since: Times
    fired_at: MaybeTime
    ended_at: MaybeTime
    acknowledged_at: MaybeTime
    acknowledged_by: string | null
    resolved_by: string | null
  }
  alert_evaluations: {
    rule_id: string
    window_end: Times
    evaluated_at: Generated<Date>
    state: 'ok' | 'pending' | 'firing' | 'unknown' | 'failed' | 'skipped'
    value: number | null
    sample_count: number | null
    reason: string
    groups: JSONColumnType<unknown[]>
  }
  alert_silences: Owned & {
    id: string
    rule_id: string | null
    matches: Json
    comment: string
    starts_at: Times
    ends_at: Times
    created_by: string
  }
  alert_channels: Owned & {
    id: string
    name: string
    kind: string
    settings: Json
    secret: string
    hourly_limit: number
    created_at: Generated<Date>
    changed_by: string
  }
  alert_notifications: {
    id: string
    channel_id: string
    alert_id: string
    kind: 'firing' | 'reminder' | 'resolved'
    window_end: Times
    content: Json
    created_at: Generated<Date>
    attempts: Generated<number>
    next_attempt_at: MaybeTime
    delivered_at: MaybeTime
    last_error: string | null
  }
  alert_evaluator: {
    one: Generated<boolean>
    holder: string | null
    held_until: MaybeTime
    seeded_at: MaybeTime
  }
}
