/** The tables of the registry, as Kysely sees them. bigint columns come as text. */
import type { ColumnType, Generated, GeneratedAlways, JSONColumnType } from 'kysely'
import type { VersionStatus } from '../registry/reference.ts'
import type { Review, ReportKind, Visibility } from './registry-values.ts'

type Time = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>
/** Null unless it is written. */
type Answer = ColumnType<string | null, string | null | undefined, string | null>
type Count = ColumnType<string, string | number, string | number>
/** Written by an expression. */
type Words = ColumnType<string, string, string>
type Json = JSONColumnType<Record<string, unknown>>

export interface RegistryTables {
  registry_namespaces: {
    name: string
    organization_id: string
    created_at: Generated<Date>
    created_by: string
    offered_to: string | null
    offered_at: Time
    offered_by: string | null
    declined_by: Answer
    declined_at: Time
    moved_from: Answer
    moved_at: Time
  }
  registry_agents: {
    id: GeneratedAlways<string>
    namespace: string
    name: string
    organization_id: string
    /** '': the whole organization. */
    workspace_id: string
    visibility: Visibility
    listed: boolean
    forked_from: string | null
    forked_version: string | null
    created_at: Generated<Date>
    updated_at: ColumnType<Date, Date | undefined, Date>
    created_by: string
    card_version: string
    status: VersionStatus
    status_reason: string | null
    description: string
    language: string
    runtimes: string[]
    topics: string[]
    license: string | null
    signed: boolean
    search: Words
    runs: ColumnType<string, string | number | undefined, string | number>
    success_score: Generated<number>
    cost_score: Generated<number>
    latency_score: Generated<number>
    trend_score: Generated<number>
  }
  registry_versions: {
    agent_id: string
    version: string
    definition: string
    sha256: string
    code_sha256: string
    status: Generated<VersionStatus>
    status_reason: string | null
    status_at: Time
    status_by: string | null
    review: Review | null
    review_reason: string | null
    reviewed_at: Time
    reviewed_by: string | null
    published_at: Generated<Date>
    published_by: string
    publisher_id: string
    signature: JSONColumnType<Record<string, unknown>> | null
    signed_by: Answer
    checks: Json
  }
  registry_tags: {
    agent_id: string
    tag: string
    version: string
    changed_at: Generated<Date>
    changed_by: string
  }
  registry_installs: {
    organization_id: string
    /** '': the whole organization. */
    workspace_id: string
    agent_id: string
    reference: string
    version: string
    installed_at: Generated<Date>
    installed_by: string
  }
  registry_keys: {
    organization_id: string
    id: string
    name: string
    public_key: string
    created_at: Generated<Date>
    created_by: string
    revoked_at: Time
    revoked_by: Answer
  }
  registry_reports: {
    id: string
    agent_id: string
    version: string | null
    organization_id: string
    workspace_id: string
    reported_by: string
    kind: ReportKind
    message: string
    created_at: Generated<Date>
    resolution: string | null
    resolved_at: Time
    resolved_by: string | null
  }
  registry_statistics: {
    agent_id: string
    /** '': all versions of the agent that its readers see. */
    version: string
    runs: Count
    successes: Count
    p50_ms: number | null
    p95_ms: number | null
    cost_nano_usd: Count
    priced: Count
    recent_runs: Count
    earlier_runs: Count
    last_run_at: Time
    refreshed_at: ColumnType<Date, Date | undefined, Date>
  }
  registry_refresh: {
    one: Generated<boolean>
    held_until: Time
    read_until: Time
  }
}
