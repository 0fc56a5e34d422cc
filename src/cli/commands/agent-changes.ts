/** `exectrail agent deprecate`, `yank`, `restore`, `tag` and `visibility`. */
import type { AgentView } from '../../client/registry.ts'
import { loadConfig } from '../../config.ts'
import { agentPath, pinOf, splitReference, type AgentOptions } from '../agent-path.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { findService } from '../service-client.ts'
import type { Terminal } from '../terminal.ts'

const STATUSES = { deprecate: 'deprecated', yank: 'yanked', restore: 'active' } as const

/** Marks one version, or without one in the reference all. */
export async function mark(
  as: keyof typeof STATUSES,
  reference: string,
  options: AgentOptions & { reason?: string },
  terminal: Terminal,
): Promise<number> {
  const { name, selector } = as === 'yank' ? yanked(reference) : splitReference(reference)
  const status = STATUSES[as]
  const service = await findService(loadConfig())
  const body = { version: selector, status, reason: options.reason ?? null }
  const agent = await service.post<AgentView>(`${agentPath(name)}/status`, body, {
    query: { organization: options.org },
  })
  return print(agent, options, terminal, `${selector ?? 'every version'} is ${status}`)
}

function yanked(reference: string): { name: string; selector: string } {
  const { name, version } = pinOf(reference)
  return { name, selector: version }
}

/** Puts a tag on a version, or removes it. */
export async function tag(
  reference: string,
  name: string,
  options: AgentOptions & { remove?: true },
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  const query = { organization: options.org }
  const pathOf = (agent: string): string => `${agentPath(agent)}/tags/${encodeURIComponent(name)}`
  if (options.remove) {
    const agent = await service.delete<AgentView>(pathOf(splitReference(reference).name), query)
    return print(agent, options, terminal, `the tag ${name} is removed`)
  }
  const pin = pinOf(reference)
  const agent = await service.put<AgentView>(pathOf(pin.name), { version: pin.version }, query)
  return print(agent, options, terminal, `${name} is ${pin.version}`)
}

export async function changeVisibility(
  name: string,
  visibility: string,
  options: AgentOptions,
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  const query = { organization: options.org }
  const agent = await service.patch<AgentView>(agentPath(name), { visibility }, query)
  const waits = agent.versions.some(({ review }) => review === 'pending')
  const note = waits ? '; other organizations see versions once they are approved' : ''
  return print(agent, options, terminal, `seen by: ${agent.visibility}${note}`)
}

async function print(
  agent: AgentView,
  options: AgentOptions,
  terminal: Terminal,
  what: string,
): Promise<number> {
  if (options.json) await terminal.data(toJson(agent))
  else terminal.say(escapeControls(`${agent.name}: ${what}.`))
  return 0
}
