/** Code agents as they are shown: what is of the owner alone is left out for others. */
import { isOwner, type AgentCard, type RegistryAgent } from '../../metadata/registry-agents.ts'
import type { StoredFigures } from '../../metadata/registry-statistics.ts'
import type { StoredVersion } from '../../metadata/registry-versions.ts'
import type { Scope } from '../../store/scope.ts'
import { fullName, mayChange } from './agent-access.ts'
import type { AgentStatistics, AgentSummary, VersionSummary } from './view-types.ts'

export function toSummary(
  scope: Scope,
  agent: RegistryAgent,
  figures: StoredFigures | undefined,
): AgentSummary {
  const { version, status, statusReason, description, language, runtimes, topics, license, isSigned } =
    agent.card satisfies AgentCard
  return {
    name: fullName(agent),
    organizationId: agent.organizationId,
    visibility: agent.visibility,
    version,
    status,
    statusReason,
    description,
    language,
    runtimes,
    topics,
    license,
    isSigned,
    // A listed agent shows an approved version.
    isReviewed: agent.isListed,
    createdAt: agent.createdAt,
    updatedAt: agent.updatedAt,
    isMine: mayChange(scope, agent),
    statistics: toStatistics(figures),
  }
}

export function toVersionSummary(
  scope: Scope,
  agent: RegistryAgent,
  version: StoredVersion,
  figures: StoredFigures | undefined,
): VersionSummary {
  const owned = isOwner(scope, agent)
  return {
    version: version.version,
    status: version.status,
    statusReason: version.reason,
    statusAt: version.statusAt,
    review: version.review,
    reviewReason: owned ? version.reviewReason : null,
    sha256: version.sha256,
    codeSha256: version.codeSha256,
    publishedAt: version.publishedAt,
    publisherId: version.publisherId,
    publishedBy: owned && version.publisherId === agent.organizationId ? version.publishedBy : null,
    isSigned: version.isSigned,
    statistics: toStatistics(figures),
  }
}

export function toStatistics(figures: StoredFigures | undefined): AgentStatistics | null {
  if (figures === undefined || figures.runs === 0) return null
  const { runs, successes, p50Ms, p95Ms, costNanoUsd, priced, recentRuns, earlierRuns } = figures
  return {
    runs,
    successRate: successes / runs,
    p50Ms,
    p95Ms,
    costPerRunNanoUsd: priced === 0 ? null : Math.round(costNanoUsd / priced),
    pricedRuns: priced,
    recentRuns,
    earlierRuns,
    lastRunAt: figures.lastRunAt,
    refreshedAt: figures.refreshedAt,
  }
}
