/** Replies whose own types lead into the server's parts; a test holds them to be the same. */
import type { AuditAction } from '../metadata/audit-actions.ts'
import type { KeyScope } from '../metadata/key-scopes.ts'
import type { Interval } from '../service/confidence.ts'
import type { AgentChange } from '../store/queries/agent-changes.ts'
import type { FieldDifference } from '../store/queries/differences.ts'
import type { ErrorGroup } from '../store/queries/errors.ts'
import type { Window } from '../store/scope.ts'

export interface Readiness {
  ready: boolean
  checks: readonly { name: 'store' | 'collector' | 'metadata' | 'outbox'; ready: boolean; detail: string }[]
}

/** The key of the request. */
export interface Session {
  key: Pick<ApiKeyView, 'id' | 'name' | 'scopes' | 'organizationId' | 'workspaceId'>
  version: string
  /** Whether keys, states of errors and the audit log are served. */
  metadata: boolean
}

/** Counts are of entries (a start, a completion, a span) since the start of the process that counts them. */
export interface Pipeline {
  executor: { id: string; running: number; waiting: number; begun: number; completed: number }
  outbox: {
    written: number
    sent: number
    retried: number
    dead: number
    dropped: number
    waitingBytes: number
    oldestMs: number | null
  }
  collector: { state: 'answers' | 'silent' | 'external'; accepted: number | null; refused: number | null }
  sinks: readonly {
    exporter: string
    signal: string
    queueBytes: number
    queueCapacityBytes: number
    sent: number
    failed: number
    refused: number
  }[]
  parts: Readiness
  signozUrl: string | null
}

export interface ErrorView extends ErrorGroup {
  assignee: string | null
  stateSince: string | null
}

export type DecidedState = 'open' | 'resolved' | 'ignored'

export interface ErrorDecision {
  organizationId: string
  workspaceId: string | null
  fingerprint: string
  state: DecidedState
  assignee: string | null
  stateSince: string
  changedBy: string
}

export interface ApiKeyView {
  id: string
  name: string
  /** Null: every organization. */
  organizationId: string | null
  workspaceId: string | null
  scopes: readonly KeyScope[]
  createdAt: string
  expiresAt: string | null
  revokedAt: string | null
  lastUsedAt: string | null
  state: 'active' | 'expired' | 'revoked'
}

/** A budget and how it stands in the current period. Amounts are 10⁻⁹ USD. */
export interface BudgetView {
  id: string
  organizationId: string
  /** Null: every one. */
  workspaceId: string | null
  codeAgentId: string | null
  userId: string | null
  period: 'day' | 'month'
  limitNanoUsd: number
  action: 'warn' | 'refuse'
  /** Whose keys may change it. */
  setBy: 'installation' | 'organization' | 'workspace'
  changedAt: string
  changedBy: string
  /** Beginning of the period. */
  from: string
  /** Its end. */
  resetsAt: string
  spentNanoUsd: number
  reservedNanoUsd: number
  runningCount: number
  count: number
  unpricedCount: number
  usedRatio: number
  state: 'ok' | 'warning' | 'exceeded'
  warnings: readonly { percent: 50 | 80 | 100; at: string }[]
}

export interface AuditEntry {
  id: string
  at: string
  actor: { keyId: string | null; name: string; address: string | null }
  action: AuditAction
  /** Id of what was changed. */
  subject: string
  organizationId: string | null
  workspaceId: string | null
  detail: Readonly<Record<string, unknown>>
}

export interface ComparedAgent extends AgentChange {
  successRateDifference: Interval | null
  durationRatio: Interval | null
}

export interface HealthReport {
  verdict: 'broken' | 'degraded' | 'watch' | 'healthy' | 'quiet'
  summary: string
  findings: readonly { severity: 'bad' | 'warning' | 'good' | 'unknown'; text: string }[]
  window: Window
  /** The week before it. */
  baseline: Window
  total: ComparedAgent
  agentCount: number
  worseAgents: readonly (ComparedAgent & {
    reasons: readonly string[]
    errors: readonly ErrorView[]
    differences: readonly FieldDifference[]
  })[]
  slowestAgents: readonly ComparedAgent[]
  newErrors: readonly ErrorView[]
  pipeline: Readiness
}
