/** What the operations of the registry take and answer. */
import type { AgentFacets, PendingReview, StoredReport } from '../metadata/registry-types.ts'
import type { ReportKind, SearchSort, Visibility } from '../metadata/registry-values.ts'
import type { AgentDefinitionInput } from '../registry/definition.ts'
import type { VersionStatus } from '../registry/reference.ts'
import type {
  AgentSummary,
  AgentView,
  InstallView,
  NamespaceView,
  SignerView,
  SigningKeyView,
  VersionView,
} from '../service/registry/view-types.ts'
import type { Owned, OwnedId } from './alerts.ts'

export type { AgentDefinitionInput, ReportKind, SearchSort, VersionStatus, Visibility }
export type { AgentStatistics, VersionSummary } from '../service/registry/view-types.ts'
export type { AgentSummary, AgentView, InstallView, NamespaceView, VersionView }
export type AgentReview = PendingReview
export type AgentReport = StoredReport
export type { AgentFacets, SignerView }
export type SigningKey = SigningKeyView

/** `namespace/name` in two. */
export interface AgentAt extends Owned {
  namespace: string
  name: string
}
export interface AgentSearchInput extends Owned {
  /** Words of the name, the topics, the description or the README; the last may be a beginning. */
  q?: string | undefined
  /** Agents that have all of them. */
  topic?: readonly string[] | undefined
  language?: string | undefined
  runtime?: string | undefined
  /** SPDX identifier, in any case. */
  license?: string | undefined
  namespace?: string | undefined
  /** `own`: those of the key's organization. @default any */
  owner?: 'any' | 'own' | undefined
  /** @default relevance with words, else runs */
  sort?: SearchSort | undefined
  /** @default 20 */
  limit?: number | undefined
  cursor?: string | undefined
  /** `counted`: with how many of the matches have which language, runtimes, topics and licence. @default none */
  facets?: 'none' | 'counted' | undefined
}
export interface PublishInput extends Owned {
  definition: AgentDefinitionInput
  /** Of the agent from now on. @default as it is; of a new one private */
  visibility?: Visibility | undefined
  /** Of a new agent. @default that of the key */
  workspaceId?: string | undefined
  /** DSSE envelope. */
  signature?: Readonly<Record<string, unknown>> | undefined
}
/** Names the origin. */
export interface ForkInput extends AgentAt {
  /** `namespace/name` of the copy. */
  to: string
  /** Version, range or tag that is copied. @default the newest */
  selector?: string | undefined
  /** Of the copy. @default that of the origin */
  version?: string | undefined
  visibility?: Visibility | undefined
  workspaceId?: string | undefined
}
export interface StatusInput extends AgentAt {
  /** @default every version that is not yanked */
  version?: string | null | undefined
  status: VersionStatus
  /** Shown wherever the version is used. */
  reason?: string | null | undefined
}
export interface ReviewInput extends AgentAt {
  version: string
  decision: 'approved' | 'refused'
  reason?: string | null | undefined
}
export interface ReportInput extends AgentAt {
  kind: ReportKind
  message: string
  version?: string | undefined
}
export interface ReportsInput extends Owned {
  /** @default open */
  state?: 'open' | 'resolved' | 'any' | undefined
}

interface Operation<Input, Reply> {
  input: Input
  reply: Reply
}

/** The operations of the registry by their names in the OpenAPI document. */
export interface RegistryOperations {
  searchAgents: Operation<
    AgentSearchInput,
    { data: readonly AgentSummary[]; nextCursor: string | null; facets?: AgentFacets }
  >
  getAgent: Operation<AgentAt, AgentView>
  /** `version` may be a range or a tag. */
  getAgentVersion: Operation<AgentAt & { version: string }, VersionView>
  publishAgent: Operation<PublishInput, VersionView>
  forkAgent: Operation<ForkInput, VersionView>
  changeAgent: Operation<AgentAt & { visibility: Visibility }, AgentView>
  changeAgentStatus: Operation<StatusInput, AgentView>
  putAgentTag: Operation<AgentAt & { tag: string; version: string }, AgentView>
  deleteAgentTag: Operation<AgentAt & { tag: string }, AgentView>
  reviewAgent: Operation<ReviewInput, AgentView>
  reportAgent: Operation<ReportInput, AgentReport>
  listInstalledAgents: Operation<Owned, { data: readonly InstallView[] }>
  /** `agent` is `namespace/name`, with `@version`, `@range` or `@tag`, or without. */
  installAgent: Operation<Owned & { agent: string }, InstallView>
  uninstallAgent: Operation<AgentAt, { name: string; reference: string; version: string }>
  listAgentNamespaces: Operation<Owned, { data: readonly NamespaceView[] }>
  createAgentNamespace: Operation<Owned & { name: string }, NamespaceView>
  /** Null takes the offer back. */
  offerAgentNamespace: Operation<Owned & { namespace: string; to: string | null }, NamespaceView>
  acceptAgentNamespace: Operation<Owned & { namespace: string }, NamespaceView>
  declineAgentNamespace: Operation<Owned & { namespace: string }, NamespaceView>
  listAgentReviews: Operation<{}, { data: readonly AgentReview[] }>
  listAgentReports: Operation<ReportsInput, { data: readonly AgentReport[] }>
  resolveAgentReport: Operation<{ id: string; resolution: string }, AgentReport>
  listSigningKeys: Operation<Owned, { data: readonly SigningKey[] }>
  addSigningKey: Operation<Owned & { name: string; publicKey: string }, SigningKey>
  revokeSigningKey: Operation<OwnedId, SigningKey>
}
