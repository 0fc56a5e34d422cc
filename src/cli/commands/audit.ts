/** `exectrail audit`: who changed keys and states of errors, from the running service. */
import { loadConfig } from '../../config.ts'
import { formatTime } from '../../format.ts'
import type { AuditPage } from '../../service/list-audit.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { findService } from '../service-client.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

export interface AuditOptions {
  org?: string
  action?: string
  subject?: string
  limit: string
  cursor?: string
  json?: true
}

/** Prints one page of the log of changes, newest first. */
export async function audit({ org, json, ...filters }: AuditOptions, terminal: Terminal): Promise<number> {
  const service = await findService(loadConfig())
  const page = await service.get<AuditPage>('/v1/audit', { organization: org, ...filters })
  if (json) {
    await terminal.data(toJson(page))
    return 0
  }
  if (page.data.length === 0) terminal.say('No changes match.')
  else await terminal.data(renderEntries(page.data))
  if (page.nextCursor !== null)
    terminal.say(`More: the same command with --cursor ${escapeControls(page.nextCursor)}`)
  return 0
}

function renderEntries(entries: AuditPage['data']): string {
  return renderTable(
    [
      { title: 'time' },
      { title: 'key', max: 30 },
      { title: 'from', max: 40 },
      { title: 'action' },
      { title: 'of', max: 36 },
      { title: 'for', max: 40 },
      { title: 'detail', max: 60 },
    ],
    entries.map(({ at, actor, action, subject, organizationId, workspaceId, detail }) => [
      formatTime(at),
      actor.name,
      actor.address ?? '',
      action,
      subject,
      [organizationId ?? 'every organization', workspaceId].filter((id) => id !== null).join(' / '),
      JSON.stringify(detail),
    ]),
  )
}
