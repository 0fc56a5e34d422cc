/** `exectrail agent search`, `list` and `show`. */
import type {
  AgentFacets,
  AgentStatistics,
  AgentSummary,
  AgentView,
  VersionSummary,
  VersionView,
} from '../../client/registry.ts'
import { loadConfig } from '../../config.ts'
import { formatCount, formatMs, formatRate, formatTime, formatUsd } from '../../format.ts'
import { BUILT_IN } from '../../registry/names.ts'
import { renderFacets } from '../agent-facets.ts'
import { agentPath, splitReference, type AgentOptions } from '../agent-path.ts'
import { escapeControls, escapeLine, toJson } from '../escape-controls.ts'
import { findService } from '../service-client.ts'
import { renderTable, type Column } from '../table.ts'
import type { Terminal } from '../terminal.ts'

interface SearchOptions extends AgentOptions {
  topic?: string
  language?: string
  runtime?: string
  license?: string
  namespace?: string
  sort?: string
  limit: string
  cursor?: string
  facets?: true
}

type Found = { data: AgentSummary[]; nextCursor: string | null; facets?: AgentFacets }

export async function search(
  words: readonly string[],
  options: SearchOptions,
  terminal: Terminal,
): Promise<number> {
  const q = words.length === 0 ? undefined : words.join(' ')
  return printFound({ ...options, q, owner: 'any' }, options, terminal, () =>
    terminal.say(
      q === undefined
        ? 'No agents yet. Publish one: exectrail agent init NAMESPACE/NAME, then exectrail agent publish'
        : 'No agent that you may see has all of these words. Try fewer, or the beginning of the last one.',
    ),
  )
}

export async function list(options: SearchOptions, terminal: Terminal): Promise<number> {
  return printFound({ ...options, owner: 'own', sort: options.sort ?? 'newest' }, options, terminal, () =>
    terminal.say(
      'Your organization has no agents yet. exectrail agent init NAMESPACE/NAME begins one; exectrail agent search finds those of others.',
    ),
  )
}

async function printFound(
  asked: SearchOptions & { q?: string | undefined; owner: 'any' | 'own' },
  options: SearchOptions,
  terminal: Terminal,
  sayEmpty: () => void,
): Promise<number> {
  const { org: organization, json: _, facets: isCounted, ...filters } = asked
  const service = await findService(loadConfig())
  const query = { ...filters, organization, facets: isCounted && 'counted' }
  const found = await service.get<Found>('/v1/registry/agents', query)
  if (options.json) await terminal.data(toJson(found))
  else if (found.data.length === 0) sayEmpty()
  else await terminal.data(renderAgents(found.data))
  if (found.facets !== undefined && found.facets.agents > 0 && !options.json)
    await terminal.data(`\n${renderFacets(found.facets)}`)
  if (found.nextCursor !== null && !options.json) terminal.say(`More: --cursor ${found.nextCursor}`)
  return 0
}

const right = (title: string): Column => ({ title, align: 'right' })
const FIGURES = [right('runs'), right('success'), right('p50'), right('cost/run')]

function figuresOf(statistics: AgentStatistics | null): (string | null)[] {
  if (statistics === null) return ['0', null, null, null]
  const { runs, successRate, p50Ms, costPerRunNanoUsd } = statistics
  const cost = costPerRunNanoUsd === null ? null : formatUsd(costPerRunNanoUsd)
  return [formatCount(runs), formatRate(successRate), formatMs(p50Ms), cost]
}

function renderAgents(agents: readonly AgentSummary[]): string {
  return renderTable(
    [
      { title: 'agent', max: 81 },
      { title: 'version' },
      { title: 'language' },
      ...FIGURES,
      { title: 'seen by' },
      { title: 'state' },
      { title: 'description', max: 50 },
    ],
    agents.map((agent) => [
      agent.name,
      agent.version,
      agent.language,
      ...figuresOf(agent.statistics),
      agent.visibility,
      stateOf(agent),
      agent.description,
    ]),
  )
}

function stateOf({ status, isSigned, isReviewed }: AgentSummary): string {
  const marks = [...(isReviewed ? ['reviewed'] : []), ...(isSigned ? ['signed'] : [])]
  return [...(status === 'active' ? [] : [status]), ...marks].join(', ') || 'active'
}

/** Prints an agent, or with a version in the reference that version. */
export async function show(
  reference: string,
  options: AgentOptions & { code?: true },
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  const { name, selector } = splitReference(reference)
  const query = { organization: options.org }
  if (selector === null && !options.code) {
    const agent = await service.get<AgentView>(agentPath(name), query)
    if (options.json) await terminal.data(toJson(agent))
    else await showAgent(agent, terminal)
    return 0
  }
  const path = `${agentPath(name)}/versions/${encodeURIComponent(selector ?? 'latest')}`
  const version = await service.get<VersionView>(path, query)
  for (const warning of version.warnings) terminal.say(escapeControls(`warning: ${warning}`))
  if (options.json) await terminal.data(toJson(version))
  else if (options.code) await terminal.data(escapeControls(version.definition.code))
  else await showVersion(version, terminal)
  return 0
}

async function showAgent(agent: AgentView, terminal: Terminal): Promise<void> {
  const { name, description, organizationId, visibility, forkedFrom, installed, topics, license } = agent
  const tags = Object.entries(agent.tags).map(([tag, version]) => `${tag} ${version}`)
  const owner = organizationId === BUILT_IN.organizationId ? 'comes with exectrail' : `of ${organizationId}`
  const facts = [
    `${owner}, seen by: ${visibility}`,
    ...(license === null ? [] : [license]),
    ...(topics.length === 0 ? [] : [topics.join(', ')]),
    ...(forkedFrom === null ? [] : [`forked from ${forkedFrom}`]),
    ...(tags.length === 0 ? [] : [`tags: ${tags.join(', ')}`]),
    ...(installed === null ? [] : [`installed: ${installed.version} (${installed.reference})`]),
  ]
  terminal.say(escapeControls(`${name}: ${description}`))
  for (const fact of facts) terminal.say(escapeLine(`  ${fact}`, 200))
  await terminal.data(
    renderTable(
      [
        { title: 'version' },
        { title: 'published' },
        { title: 'state', max: 60 },
        { title: 'review' },
        { title: 'signed' },
        ...FIGURES,
      ],
      agent.versions.toReversed().map(rowOf),
    ),
  )
}

function rowOf(one: VersionSummary): (string | null)[] {
  return [
    one.version,
    formatTime(one.publishedAt),
    one.statusReason === null ? one.status : `${one.status}: ${one.statusReason}`,
    one.review,
    one.isSigned ? 'signed' : null,
    ...figuresOf(one.statistics),
  ]
}

function signerWords({ signer, publisherId }: VersionView): string {
  if (signer === null) return 'not signed'
  const { keyId, keyName, issue } = signer
  return issue === null
    ? `signed by ${publisherId} with the key ${keyName ?? keyId ?? ''}, verified now`
    : `its signature does not hold: ${issue}`
}

async function showVersion(version: VersionView, terminal: Terminal): Promise<void> {
  const { definition, name, sha256, publishedAt, publisherId } = version
  const { description, language, runtimes, license, readme, source } = definition
  const facts = [
    `${language} on ${runtimes.join(', ')}, ${license}`,
    `published ${formatTime(publishedAt)} UTC by ${publisherId}`,
    `sha256 ${sha256}`,
    signerWords(version),
    ...(source === undefined ? [] : [`from ${source.repository} at ${source.commit}`]),
  ]
  terminal.say(escapeControls(`${name}@${version.version}: ${description}`))
  for (const fact of facts) terminal.say(escapeLine(`  ${fact}`, 200))
  await terminal.data(escapeControls(readme === '' ? 'It has no README. --code prints its code.' : readme))
}
