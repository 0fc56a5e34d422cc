/** Replies whose own types lead into the server's parts; a test holds them to be the same. */
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

export interface AuditEntry {
  id: string
  at: string
  actor: { keyId: string | null; name: string; address: string | null }
  action:
    | 'key.create'
    | 'key.adopt'
    | 'key.revoke'
    | 'error.resolve'
    | 'error.ignore'
    | 'error.assign'
    | 'error.reopen'
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
