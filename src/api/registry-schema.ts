/** Replies about the registry. */
import { z } from 'zod'
import { REPORT_KINDS, REVIEWS, VISIBILITIES, type Facet } from '../metadata/registry-values.ts'
import { agentDefinitionSchema } from '../registry/definition.ts'
import { VERSION_STATUSES } from '../registry/reference.ts'

const time = z.string().describe('ISO 8601 UTC')
const count = z.int()
const figure = z.number().nullable()
const envelope = z.record(z.string(), z.unknown()).nullable()
const status = z.enum(VERSION_STATUSES)
const reason = z.string().nullable().describe('Why it is deprecated or yanked')
const name = z.string().describe('`namespace/name`')
const warnings = z.array(z.string()).describe('What whoever uses it has to know')

const statisticsSchema = z
  .object({
    runs: count.describe('Executions of the last 30 days that ran this very code'),
    successRate: figure.describe('0–1'),
    p50Ms: figure.describe('Of the run alone, ms'),
    p95Ms: figure,
    costPerRunNanoUsd: figure.describe('Mean over the executions whose cost is known, 10⁻⁹ USD'),
    pricedRuns: count.describe('Executions whose cost is known'),
    recentRuns: count.describe('Of the last seven days'),
    earlierRuns: count.describe('Of the seven days before'),
    lastRunAt: time.nullable(),
    refreshedAt: time,
  })
  .meta({ id: 'AgentStatistics' })
const statistics = statisticsSchema.nullable().describe('Null: no runs yet')

export const agentSummarySchema = z
  .object({
    name,
    organizationId: z.string().describe('Who owns it'),
    visibility: z.enum(VISIBILITIES),
    version: z.string().describe('The version that the rest of this is of'),
    status,
    statusReason: reason,
    description: z.string(),
    language: z.string(),
    runtimes: z.array(z.string()).describe('Those it may run on; the first is the default'),
    topics: z.array(z.string()),
    license: z.string().nullable().describe('SPDX identifier'),
    isSigned: z.boolean().describe('By a key of its publisher that is not revoked'),
    isReviewed: z.boolean().describe('An administrator of the installation has approved it for everyone'),
    createdAt: time,
    updatedAt: time.describe('When its newest version was published'),
    isMine: z.boolean().describe('Whether this key may change it'),
    statistics,
  })
  .meta({ id: 'AgentSummary' })

const facet = z.array(z.object({ value: z.string(), count })).describe('The most frequent first, at most 20')

export const agentFacetsSchema = z
  .object({
    agents: count.describe('Matches that are counted, at most 1000'),
    isCapped: z
      .boolean()
      .describe('There are more: counts are of the 1000 with the most runs, each at least what it says'),
    ...({ language: facet, runtime: facet, topic: facet, license: facet } satisfies Record<Facet, unknown>),
  })
  .meta({ id: 'AgentFacets' })

const versionFields = {
  version: z.string(),
  status,
  statusReason: reason,
  statusAt: time.nullable(),
  review: z.enum(REVIEWS).nullable().describe('Null: never asked for, since the agent was not public'),
  reviewReason: z.string().nullable().describe('For its owner alone'),
  sha256: z.string().describe('Of the canonical JSON of the definition, hex'),
  codeSha256: z.string(),
  publishedAt: time,
  publisherId: z.string().describe('The organization that published it'),
  publishedBy: z.string().nullable().describe('Name of its key, for its owner alone'),
  isSigned: z.boolean().describe('By a key of its publisher that is not revoked'),
  statistics,
}

export const agentSchema = agentSummarySchema
  .extend({
    workspaceId: z.string().nullable().describe('Null: the whole organization'),
    forkedFrom: z.string().nullable().describe('`namespace/name@version`, where this key may see it'),
    tags: z.record(z.string(), z.string()).describe('The version of each tag'),
    installed: z
      .object({ reference: z.string(), version: z.string() })
      .nullable()
      .describe('What the organization or workspace of this key has installed'),
    versions: z.array(z.object(versionFields).meta({ id: 'AgentVersionSummary' })),
  })
  .meta({ id: 'RegistryAgent' })

export const agentVersionSchema = z
  .object({
    name,
    ...versionFields,
    definition: agentDefinitionSchema,
    signature: envelope.describe('DSSE envelope'),
    signer: z
      .object({
        keyId: z.string().nullable().describe('SHA-256 of the public key, hex'),
        keyName: z.string().nullable().describe('For its publisher alone'),
        revokedAt: time.nullable(),
        issue: z.string().nullable().describe('Why the signature does not hold; null: it does'),
      })
      .nullable()
      .describe('Who signed it, verified when it is shown; null: not signed'),
    checks: z.record(z.string(), z.unknown()).describe('What the checks at publishing found'),
    warnings,
  })
  .meta({ id: 'AgentVersion' })

export const installSchema = z
  .object({
    name,
    organizationId: z.string(),
    workspaceId: z.string().nullable().describe('Null: the whole organization'),
    reference: z.string().describe('A range, a tag or a version; `*` for the newest'),
    version: z.string().describe('Where it stands: what runs'),
    status: z
      .enum([...VERSION_STATUSES, 'unavailable'])
      .describe('`unavailable`: no longer shown by its owner'),
    statusReason: reason,
    installedAt: time,
    installedBy: z.string(),
    update: z.string().nullable().describe('The newer version that the reference stands for now'),
    instead: z
      .string()
      .nullable()
      .describe(
        'The older version that it stands for now, after the installed one was yanked or a tag was moved back',
      ),
    newest: z.string().nullable().describe('A newer version, whether or not the reference takes it'),
    warnings,
  })
  .meta({ id: 'AgentInstall' })

export const namespaceSchema = z
  .object({
    name: z.string(),
    organizationId: z.string(),
    createdAt: time,
    createdBy: z.string().nullable().describe('Name of the key, for the owner alone'),
    offeredTo: z.string().nullable().describe('The organization that may take it over'),
    offeredAt: time.nullable(),
    declinedBy: z
      .string()
      .nullable()
      .describe('The organization that declined the last offer, for the owner alone'),
    declinedAt: time.nullable(),
    movedFrom: z
      .string()
      .nullable()
      .describe('The organization that gave it away last, for it and the owner alone'),
    movedAt: time.nullable(),
  })
  .meta({ id: 'AgentNamespace' })

export const signingKeySchema = z
  .object({
    id: z.string().describe('SHA-256 of the public key, hex'),
    organizationId: z.string(),
    name: z.string(),
    publicKey: z.string().describe('PEM'),
    createdAt: time,
    createdBy: z.string(),
    revokedAt: time.nullable(),
    revokedBy: z.string().nullable().describe('Name of the key that revoked it'),
    signed: z
      .array(z.object({ name, version: z.string(), publishedAt: time }))
      .describe('The newest 20 versions that it signed'),
  })
  .meta({ id: 'SigningKey' })

export const reviewSchema = z
  .object({ name, version: z.string(), organizationId: z.string(), sha256: z.string(), publishedAt: time })
  .meta({ id: 'AgentReview' })

export const reportSchema = z
  .object({
    id: z.uuid(),
    agent: name,
    version: z.string().nullable(),
    organizationId: z.string().describe('Who reports'),
    workspaceId: z.string().nullable(),
    reportedBy: z.string(),
    kind: z.enum(REPORT_KINDS),
    message: z.string(),
    createdAt: time,
    resolution: z.string().nullable().describe('What came of it; null while it is open'),
    resolvedAt: time.nullable(),
    resolvedBy: z.string().nullable(),
  })
  .meta({ id: 'AgentReport' })
