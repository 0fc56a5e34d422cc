/** `exectrail alert` for rules: listed, tried on the past, and as code. */
import { readFile } from 'node:fs/promises'
import { diffRules, formatRules, parseRules, type RulesDiff } from '../../alerts/rules-file.ts'
import type { AlertDryRun, AlertRuleView } from '../../client/alerts.ts'
import { loadConfig } from '../../config.ts'
import { InvalidRequestError } from '../../errors.ts'
import { formatTime } from '../../format.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { findService, type ServiceClient } from '../service-client.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import type { AlertOptions } from './alert.ts'

const PATH = '/v1/alerts/rules'

/** Prints the rules. */
export async function listRules(options: AlertOptions, terminal: Terminal): Promise<number> {
  const rules = await readRules(await findService(loadConfig()), options)
  if (options.json) await terminal.data(toJson(rules))
  else if (rules.length === 0) terminal.say('No rules. Make some: exectrail alert apply -f alerts.yaml')
  else
    await terminal.data(
      renderTable(
        ['name', 'kind', 'state', 'owner', 'error', 'id'].map((title) => ({ title })),
        rules.map((rule) => [
          rule.name,
          rule.condition.kind,
          rule.enabled ? 'on' : 'off',
          rule.organizationId ?? 'all',
          rule.lastError,
          rule.id,
        ]),
      ),
    )
  return 0
}

/** Prints the rules of one owner as the file that `apply` reads. @throws {InvalidRequestError} naming others that have some */
export async function exportRules(options: AlertOptions, terminal: Terminal): Promise<number> {
  const service = await findService(loadConfig())
  const rules = await readOwnRules(service, options)
  if (rules.length === 0) await refuseOthers(service, options)
  await terminal.data(formatRules(rules).trimEnd())
  return 0
}

async function refuseOthers(service: ServiceClient, options: AlertOptions): Promise<void> {
  const owners = new Set(
    (await readRules(service, options)).map(({ organizationId, workspaceId }) =>
      workspaceId === null ? (organizationId ?? 'all') : `the workspace ${workspaceId} of ${organizationId}`,
    ),
  )
  if (owners.size > 0)
    throw new InvalidRequestError(
      [
        {
          path: 'org',
          message: `no rule is of this owner; there are some of ${[...owners].toSorted().join(', ')}`,
        },
      ],
      'Name the organization, such as --org acme; those of a workspace are exported with a key of it.',
    )
}

export interface ApplyOptions extends AlertOptions {
  file: string
  prune?: true
}

/** Says what `apply` would change. Exit code 1: something. */
export async function diff(options: ApplyOptions, terminal: Terminal): Promise<number> {
  const found = await compare(await findService(loadConfig()), options)
  await show(found, options, terminal)
  return found.create.length + found.change.length + (options.prune ? found.extra.length : 0) > 0 ? 1 : 0
}

/** Makes and changes rules to be those of the file; with `prune` the others are deleted. */
export async function apply(options: ApplyOptions, terminal: Terminal): Promise<number> {
  const service = await findService(loadConfig())
  const found = await compare(service, options)
  const query = { organization: options.org }
  for (const rule of found.create) await service.post(PATH, rule, { query })
  for (const { id, rule } of found.change) await service.patch(`${PATH}/${id}`, rule, query)
  if (options.prune) for (const { id } of found.extra) await service.delete(`${PATH}/${id}`, query)
  await show(found, options, terminal)
  return 0
}

/** Prints what a rule of a file would have done. */
export async function dryRun(
  options: AlertOptions & { file: string; name?: string; range: string },
  terminal: Terminal,
): Promise<number> {
  const rules = parseRules(await readFile(options.file, 'utf8'))
  const rule = options.name === undefined ? rules[0] : rules.find(({ name }) => name === options.name)
  if (rule === undefined) throw new InvalidRequestError([{ path: 'name', message: 'is no rule of the file' }])
  const service = await findService(loadConfig())
  const body = { rule, range: options.range }
  const tried = await service.post<AlertDryRun>(`${PATH}/dry-run`, body, {
    query: { organization: options.org },
  })
  if (options.json) {
    await terminal.data(toJson(tried))
    return 0
  }
  terminal.say(
    escapeControls(
      `${rule.name}: ${tried.alertCount} alerts and ${tried.notifications} messages over ${tried.windows} windows, ${tried.firing} of them firing.`,
    ),
  )
  if (tried.alerts.length > 0)
    await terminal.data(
      renderTable(
        ['fired', 'ended', 'severity', 'group'].map((title) => ({ title })),
        tried.alerts.map(({ firedAt, endedAt, severity, group }) => [
          firedAt === null ? null : formatTime(firedAt),
          endedAt === null ? null : formatTime(endedAt),
          severity,
          Object.values(group).join(', '),
        ]),
      ),
    )
  return 0
}

/** The rules that the key sees, with `--org` of one organization. */
async function readRules(service: ServiceClient, { org }: AlertOptions): Promise<AlertRuleView[]> {
  const { data } = await service.get<{ data: AlertRuleView[] }>(PATH, { organization: org })
  return data
}

/** The rules that a file has or changes: of an administrator's key those of the whole installation, or with `--org` of an organization. */
async function readOwnRules(service: ServiceClient, { org }: AlertOptions): Promise<AlertRuleView[]> {
  const query = { organization: org, owner: 'own' }
  return (await service.get<{ data: AlertRuleView[] }>(PATH, query)).data
}

async function compare(service: ServiceClient, options: ApplyOptions): Promise<RulesDiff> {
  const wanted = parseRules(await readFile(options.file, 'utf8'))
  return diffRules(await readOwnRules(service, options), wanted)
}

async function show(found: RulesDiff, options: ApplyOptions, terminal: Terminal): Promise<void> {
  if (options.json) {
    await terminal.data(toJson(found))
    return
  }
  const lines = [
    ...found.create.map(({ name }) => `+ ${name}`),
    ...found.change.map(({ name, fields }) => `~ ${name}: ${fields.join(', ')}`),
    ...(options.prune ? found.extra.map(({ name }) => `- ${name}`) : []),
  ]
  if (lines.length > 0) await terminal.data(lines.map(escapeControls).join('\n'))
  terminal.say(`${found.unchanged} rules are as they should be.`)
}
