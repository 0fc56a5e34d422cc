/** Shapes of what is shown of code agents; the client takes them from here. Times are ISO 8601 UTC. */
import type { SigningKey } from '../../metadata/registry-types.ts'
import type { Review, Visibility } from '../../metadata/registry-values.ts'
import type { AgentDefinition } from '../../registry/definition.ts'
import type { VersionStatus } from '../../registry/reference.ts'

/** Of the executions of the last 30 days that ran this very code. */
export interface AgentStatistics {
  runs: number
  /** 0–1; null without runs. */
  successRate: number | null
  /** Of the run alone, ms. */
  p50Ms: number | null
  p95Ms: number | null
  /** Mean over the executions whose cost is known, 10⁻⁹ USD; null where none is. */
  costPerRunNanoUsd: number | null
  /** Executions whose cost is known. */
  pricedRuns: number
  /** Runs of the last seven days, and of the seven before. */
  recentRuns: number
  earlierRuns: number
  /** ISO 8601 UTC */
  lastRunAt: string | null
  refreshedAt: string
}

/** What lists show of an agent. */
export interface AgentSummary {
  /** `namespace/name` */
  name: string
  /** The organization that owns it. */
  organizationId: string
  visibility: Visibility
  /** The version that the rest of this is of. */
  version: string
  status: VersionStatus
  statusReason: string | null
  description: string
  language: string
  runtimes: readonly string[]
  topics: readonly string[]
  license: string | null
  /** By a key of its publisher that is not revoked. */
  isSigned: boolean
  /** An administrator of the installation has approved this version for everyone. */
  isReviewed: boolean
  createdAt: string
  /** When its newest version was published, ISO 8601 UTC. */
  updatedAt: string
  /** Whether the caller's key may change it. */
  isMine: boolean
  /** Of all versions that the caller sees; null where there were no runs yet. */
  statistics: AgentStatistics | null
}

/** A version without its definition. */
export interface VersionSummary {
  version: string
  status: VersionStatus
  statusReason: string | null
  statusAt: string | null
  /** Null: other organizations never had to see it. */
  review: Review | null
  /** Why it was refused; for the owner alone. */
  reviewReason: string | null
  /** Of the canonical JSON of the definition. */
  sha256: string
  codeSha256: string
  publishedAt: string
  /** The organization that published it. */
  publisherId: string
  /** Name of its key; null for other organizations. */
  publishedBy: string | null
  /** By a key of its publisher that is not revoked. */
  isSigned: boolean
  statistics: AgentStatistics | null
}

export interface AgentView extends AgentSummary {
  /** Null: the whole organization; also for other organizations. */
  workspaceId: string | null
  /** The version it was copied from, `namespace/name@version`; null where the caller may not see that. */
  forkedFrom: string | null
  /** `latest`, and the tags that are moved by hand. */
  tags: Readonly<Record<string, string>>
  /** What the caller's tenant has installed of it. */
  installed: { reference: string; version: string } | null
  /** In the order in which they were published. */
  versions: readonly VersionSummary[]
}

export interface VersionView extends VersionSummary {
  /** `namespace/name` */
  name: string
  definition: AgentDefinition
  /** DSSE envelope. */
  signature: Readonly<Record<string, unknown>> | null
  /** Who signed it, verified when it is shown; null: not signed. */
  signer: SignerView | null
  /** What the checks at publishing found. */
  checks: Readonly<Record<string, unknown>>
  /** What whoever uses it has to know. */
  warnings: readonly string[]
}

export interface SignerView {
  /** SHA-256 of the public key, hex; null where no registered key made the signature. */
  keyId: string | null
  /** Null for other organizations. */
  keyName: string | null
  revokedAt: string | null
  /** Why the signature does not hold; null: it does. */
  issue: string | null
}

/** A public key with what it signed. */
export interface SigningKeyView extends SigningKey {
  /** The newest 20 versions that it signed, as far as the caller may see them. */
  signed: readonly { name: string; version: string; publishedAt: string }[]
}

/** An installed agent. */
export interface InstallView {
  /** `namespace/name` */
  name: string
  organizationId: string
  /** Null: the whole organization. */
  workspaceId: string | null
  /** A range, a tag or a version; `*` for the newest. */
  reference: string
  /** Where it stands: what runs. */
  version: string
  /** `unavailable`: its owner does not show it any more. */
  status: VersionStatus | 'unavailable'
  statusReason: string | null
  installedAt: string
  installedBy: string
  /** The newer version that the reference stands for now: install it again to move there. */
  update: string | null
  /** The older version that it stands for now, after the installed one was yanked or a tag was moved back. */
  instead: string | null
  /** A newer version that exists, whether or not the reference takes it. */
  newest: string | null
  /** What whoever uses it has to know. */
  warnings: readonly string[]
}

export interface NamespaceView {
  name: string
  /** Who owns it. */
  organizationId: string
  createdAt: string
  /** Name of the key; null for other organizations. */
  createdBy: string | null
  /** The organization that may take it over, and since when. */
  offeredTo: string | null
  offeredAt: string | null
  /** The organization that declined the last offer, and when; null for other organizations. */
  declinedBy: string | null
  declinedAt: string | null
  /** The organization that gave it away last, and when; for it and the owner alone. */
  movedFrom: string | null
  movedAt: string | null
}
