/** `exectrail agent review`, `report`, `reports`, `namespaces` and `transfer`. */
import type { AgentReport, AgentReview, AgentView, NamespaceView } from '../../client/registry.ts'
import { loadConfig } from '../../config.ts'
import { InvalidRequestError } from '../../errors.ts'
import { formatTime } from '../../format.ts'
import { agentPath, pinOf, splitReference, type AgentOptions } from '../agent-path.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { findService } from '../service-client.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

/** Lists what waits for a review, or decides one. */
export async function review(
  reference: string | undefined,
  options: AgentOptions & { approve?: true; refuse?: string },
  terminal: Terminal,
): Promise<number> {
  if (reference === undefined) return listReviews(options, terminal)
  const { name, version } = pinOf(reference)
  if ((options.approve === undefined) === (options.refuse === undefined))
    throw new InvalidRequestError([{ path: 'review', message: 'give --approve, or --refuse with a reason' }])
  const decision = options.approve ? 'approved' : 'refused'
  const service = await findService(loadConfig())
  const body = { version, decision, reason: options.refuse ?? null }
  const agent = await service.post<AgentView>(`${agentPath(name)}/review`, body, {
    query: { organization: options.org },
  })
  return print(agent, options, terminal, `${reference} is ${decision}.`)
}

async function listReviews(options: AgentOptions, terminal: Terminal): Promise<number> {
  const service = await findService(loadConfig())
  const { data } = await service.get<{ data: AgentReview[] }>('/v1/registry/reviews')
  if (options.json) await terminal.data(toJson(data))
  else if (data.length === 0) terminal.say('No version waits for a review.')
  else
    await terminal.data(
      renderTable(
        [{ title: 'version', max: 120 }, { title: 'of' }, { title: 'published' }],
        data.map((one) => [`${one.name}@${one.version}`, one.organizationId, formatTime(one.publishedAt)]),
      ),
    )
  return 0
}

export async function report(
  reference: string,
  options: AgentOptions & { kind: string; message: string },
  terminal: Terminal,
): Promise<number> {
  const { name, selector } = splitReference(reference)
  const service = await findService(loadConfig())
  const body = { kind: options.kind, message: options.message, version: selector ?? undefined }
  const made = await service.post<AgentReport>(`${agentPath(name)}/reports`, body, {
    query: { organization: options.org },
  })
  return print(made, options, terminal, `Report ${made.id} is with the administrators of the installation.`)
}

/** Lists reports, or closes one. */
export async function reports(
  options: AgentOptions & { state: string; resolve?: string; message?: string },
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  if (options.resolve !== undefined) {
    if (options.message === undefined)
      throw new InvalidRequestError([{ path: 'message', message: 'say with --message what came of it' }])
    const path = `/v1/registry/reports/${encodeURIComponent(options.resolve)}/resolve`
    const closed = await service.post<AgentReport>(path, { resolution: options.message })
    return print(closed, options, terminal, `Report ${closed.id} of ${closed.agent} is closed.`)
  }
  const query = { organization: options.org, state: options.state }
  const { data } = await service.get<{ data: AgentReport[] }>('/v1/registry/reports', query)
  if (options.json) await terminal.data(toJson(data))
  else if (data.length === 0) terminal.say('No reports.')
  else
    await terminal.data(
      renderTable(
        ['made', 'agent', 'kind', 'message', 'resolution', 'id'].map((title) => ({ title, max: 60 })),
        data.map((one) => [
          formatTime(one.createdAt),
          one.version === null ? one.agent : `${one.agent}@${one.version}`,
          one.kind,
          one.message,
          one.resolution,
          one.id,
        ]),
      ),
    )
  return 0
}

/** Lists namespaces, or makes one. */
export async function namespaces(
  options: AgentOptions & { create?: string },
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  const query = { organization: options.org }
  if (options.create !== undefined) {
    const body = { name: options.create }
    const made = await service.post<NamespaceView>('/v1/registry/namespaces', body, { query })
    return print(made, options, terminal, `The namespace ${made.name} belongs to ${made.organizationId}.`)
  }
  const { data } = await service.get<{ data: NamespaceView[] }>('/v1/registry/namespaces', query)
  if (options.json) await terminal.data(toJson(data))
  else if (data.length === 0)
    terminal.say('Your organization has no namespace yet. The first one that you publish in becomes yours.')
  else
    await terminal.data(
      renderTable(
        ['namespace', 'of', 'offered to', 'made', 'last'].map((title) => ({ title })),
        data.map((one) => [
          one.name,
          one.organizationId,
          one.offeredTo,
          formatTime(one.createdAt),
          lastOf(one),
        ]),
      ),
    )
  return 0
}

/** What came of the last offer. */
function lastOf({
  organizationId,
  declinedBy,
  declinedAt,
  movedFrom,
  movedAt,
}: NamespaceView): string | null {
  if (declinedBy !== null && declinedAt !== null) return `declined by ${declinedBy} ${formatTime(declinedAt)}`
  if (movedFrom === null || movedAt === null) return null
  return `from ${movedFrom} to ${organizationId} ${formatTime(movedAt)}`
}

/** Offers a namespace, takes an offer back, accepts or declines one. */
export async function transfer(
  namespace: string,
  options: AgentOptions & { to?: string; accept?: true; decline?: true; cancel?: true },
  terminal: Terminal,
): Promise<number> {
  const given = [options.to, options.accept, options.decline, options.cancel].filter(
    (one) => one !== undefined,
  )
  if (given.length !== 1)
    throw new InvalidRequestError([
      { path: 'transfer', message: 'give one of --to ORGANIZATION, --accept, --decline and --cancel' },
    ])
  const service = await findService(loadConfig())
  const answer = options.accept ? 'accept' : options.decline ? 'decline' : 'offer'
  const path = `/v1/registry/namespaces/${encodeURIComponent(namespace)}/${answer}`
  const body = answer === 'offer' ? { to: options.to ?? null } : {}
  const after = await service.post<NamespaceView>(path, body, { query: { organization: options.org } })
  return print(after, options, terminal, transferWords(answer, after))
}

function transferWords(
  answer: 'accept' | 'decline' | 'offer',
  { name, organizationId, offeredTo }: NamespaceView,
): string {
  if (answer === 'accept') return `The namespace ${name} with its agents belongs to ${organizationId}.`
  if (answer === 'decline') return `The namespace ${name} stays with ${organizationId}, which sees that.`
  return offeredTo === null
    ? `The namespace ${name} is no longer offered.`
    : `The namespace ${name} is offered to ${offeredTo}, which answers with --accept or --decline.`
}

async function print(
  value: unknown,
  { json }: AgentOptions,
  terminal: Terminal,
  said: string,
): Promise<number> {
  if (json) await terminal.data(toJson(value))
  else terminal.say(escapeControls(said))
  return 0
}
