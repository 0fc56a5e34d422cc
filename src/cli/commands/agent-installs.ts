/** `exectrail agent install`, `uninstall` and `list --installed`. */
import type { InstallView } from '../../client/registry.ts'
import { loadConfig } from '../../config.ts'
import { splitReference, type AgentOptions } from '../agent-path.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { findService } from '../service-client.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export async function install(reference: string, options: AgentOptions, terminal: Terminal): Promise<number> {
  const service = await findService(loadConfig())
  const body = { agent: reference }
  const made = await service.put<InstallView>('/v1/registry/installed', body, { organization: options.org })
  for (const warning of made.warnings) terminal.say(escapeControls(`warning: ${warning}`))
  if (options.json) await terminal.data(toJson(made))
  else
    terminal.say(
      escapeControls(`${made.name} ${made.version} is installed (${made.reference}) for ${ownerOf(made)}.`),
    )
  return 0
}

export async function uninstall(name: string, options: AgentOptions, terminal: Terminal): Promise<number> {
  const service = await findService(loadConfig())
  const path = `/v1/registry/installed/${splitReference(name).name}`
  const gone = await service.delete<{ name: string; version: string }>(path, { organization: options.org })
  if (options.json) await terminal.data(toJson(gone))
  else terminal.say(escapeControls(`${gone.name} ${gone.version} is no longer installed.`))
  return 0
}

export async function listInstalled(options: AgentOptions, terminal: Terminal): Promise<number> {
  const service = await findService(loadConfig())
  const { data } = await service.get<{ data: InstallView[] }>('/v1/registry/installed', {
    organization: options.org,
  })
  if (options.json) await terminal.data(toJson(data))
  else if (data.length === 0)
    terminal.say(
      'Nothing is installed. exectrail agent search finds agents; exectrail agent install adds one.',
    )
  else await terminal.data(renderInstalls(data))
  return 0
}

function renderInstalls(installs: readonly InstallView[]): string {
  return renderTable(
    ['agent', 'version', 'reference', 'for', 'state', 'update', 'newest'].map((title) => ({
      title,
      max: title === 'agent' ? 81 : 60,
    })),
    installs.map((one) => [
      one.name,
      one.version,
      one.reference,
      ownerOf(one),
      one.statusReason === null ? one.status : `${one.status}: ${one.statusReason}`,
      one.update ?? (one.instead === null ? null : `${one.instead}, older`),
      one.newest,
    ]),
  )
}

function ownerOf({ organizationId, workspaceId }: InstallView): string {
  return workspaceId === null ? organizationId : `${organizationId} / ${workspaceId}`
}
