/** Rows of the registry that are shown as they are; a module of its own, so that clients name them without Postgres' client. */
import type { Facet, ReportKind } from './registry-values.ts'

export interface StoredReport {
  id: string
  /** `namespace/name` */
  agent: string
  version: string | null
  /** Who reports. */
  organizationId: string
  workspaceId: string | null
  reportedBy: string
  kind: ReportKind
  message: string
  /** ISO 8601 UTC */
  createdAt: string
  /** What came of it; null while it is open. */
  resolution: string | null
  resolvedAt: string | null
  resolvedBy: string | null
}

/** A public key, which signatures of versions are verified with. */
export interface SigningKey {
  /** Derived from the key itself. */
  id: string
  organizationId: string
  name: string
  /** PEM, SPKI */
  publicKey: string
  /** ISO 8601 UTC */
  createdAt: string
  createdBy: string
  revokedAt: string | null
  /** Name of the key that revoked it; null also for what was revoked before this was kept. */
  revokedBy: string | null
}

/** A version that waits for a review. */
export interface PendingReview {
  /** `namespace/name` */
  name: string
  version: string
  organizationId: string
  sha256: string
  /** ISO 8601 UTC */
  publishedAt: string
}

export interface FacetValue {
  value: string
  /** Agents that have it, among those that are counted. */
  count: number
}

/** The most frequent values of each facet first, at most 20. */
export interface AgentFacets extends Record<Facet, readonly FacetValue[]> {
  /** Matches that are counted. */
  agents: number
  /** There are more: the counts are of those with the most runs, so that each is at least what it says. */
  isCapped: boolean
}
