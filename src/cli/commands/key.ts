/** `exectrail key`: makes, lists and revokes API keys of the running service. */
import { loadConfig } from '../../config.ts'
import { formatTime } from '../../format.ts'
import type { KeyScope } from '../../metadata/key-scopes.ts'
import type { KeyRequest, KeyView } from '../../service/manage-keys.ts'
import { spanMs } from '../../service/window.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { findService } from '../service-client.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export interface CreateKeyOptions {
  scope?: KeyScope[]
  org?: string
  workspace?: string
  expires?: string
  json?: true
}

/** Prints only the secret on stdout. */
export async function createKey(
  name: string,
  options: CreateKeyOptions,
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  const request: KeyRequest = {
    name,
    scopes: options.scope,
    organizationId: options.org,
    workspaceId: options.workspace,
    expiresAt: options.expires === undefined ? undefined : toExpiry(options.expires),
  }
  const made = await service.post<KeyView & { secret: string }>('/v1/keys', request)
  if (options.json) {
    await terminal.data(toJson(made))
    return 0
  }
  await terminal.data(made.secret)
  const until = made.expiresAt === null ? 'until it is revoked' : `until ${formatTime(made.expiresAt)}`
  const scopes = made.scopes.join(', ')
  terminal.say(
    escapeControls(
      `Key ${made.id} (${scopes}; ${describeTenant(made)}) is valid ${until}. It is shown this once.`,
    ),
  )
  return 0
}

export async function listKeys(
  options: { org?: string; revoked?: true; json?: true },
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  const query = { organization: options.org, revoked: options.revoked ? 'with' : 'without' }
  const { data } = await service.get<{ data: KeyView[] }>('/v1/keys', query)
  if (options.json) await terminal.data(toJson(data))
  else if (data.length === 0) terminal.say('No keys. Make one: exectrail key create NAME --org ORGANIZATION')
  else await terminal.data(renderKeys(data))
  return 0
}

export async function revokeKey(id: string, options: { json?: true }, terminal: Terminal): Promise<number> {
  const service = await findService(loadConfig())
  const revoked = await service.delete<KeyView>(`/v1/keys/${encodeURIComponent(id)}`)
  if (options.json) await terminal.data(toJson(revoked))
  else terminal.say(escapeControls(`Key ${revoked.id} (${revoked.name}) is revoked.`))
  return 0
}

/** A span such as 90d, or a time. */
function toExpiry(text: string): string {
  if (/^\d{4}-/u.test(text)) return text
  return new Date(Date.now() + spanMs(text, '--expires')).toISOString()
}

function renderKeys(keys: readonly KeyView[]): string {
  return renderTable(
    [
      { title: 'id' },
      { title: 'name', max: 30 },
      { title: 'scopes' },
      { title: 'for', max: 40 },
      { title: 'state' },
      { title: 'last used' },
      { title: 'expires' },
    ],
    keys.map((key) => [
      key.id,
      key.name,
      key.scopes.join(', '),
      describeTenant(key),
      key.state,
      key.lastUsedAt === null ? 'never' : formatTime(key.lastUsedAt),
      key.expiresAt === null ? 'never' : formatTime(key.expiresAt),
    ]),
  )
}

function describeTenant({ organizationId, workspaceId }: KeyView): string {
  if (organizationId === null) return 'every organization'
  return workspaceId === null ? organizationId : `${organizationId} / ${workspaceId}`
}
