/** `exectrail alert channel`: where notifications go. */
import { readFile } from 'node:fs/promises'
import type { AlertChannel } from '../../client/alerts.ts'
import { loadConfig } from '../../config.ts'
import { InvalidRequestError, messageOf } from '../../errors.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { findService } from '../service-client.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'
import type { AlertOptions } from './alert.ts'

const PATH = '/v1/alerts/channels'

export async function listChannels(options: AlertOptions, terminal: Terminal): Promise<number> {
  const service = await findService(loadConfig())
  const { data } = await service.get<{ data: AlertChannel[] }>(PATH, { organization: options.org })
  if (options.json) await terminal.data(toJson(data))
  else if (data.length === 0)
    terminal.say('No channels. Make one: exectrail alert channel save NAME --kind email --to …')
  else
    await terminal.data(
      renderTable(
        ['name', 'kind', 'an hour', 'owner'].map((title) => ({ title })),
        data.map(({ name, kind, hourlyLimit, organizationId }) => [
          name,
          kind,
          String(hourlyLimit),
          organizationId ?? 'all',
        ]),
      ),
    )
  return 0
}

export interface ChannelOptions extends AlertOptions {
  kind: string
  url?: string
  to?: string[]
  secretFile?: string
  hourlyLimit?: string
}

/** Saves a channel if a test message comes through. A new signing secret is the only text on stdout. */
export async function saveChannel(
  name: string,
  options: ChannelOptions,
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  const body = {
    name,
    kind: options.kind,
    settings: { url: options.url, to: options.to },
    ...(options.secretFile === undefined ? {} : { secret: await readSecret(options.secretFile) }),
    ...(options.hourlyLimit === undefined ? {} : { hourlyLimit: Number(options.hourlyLimit) }),
  }
  const saved = await service.post<AlertChannel & { signingSecret?: string }>(PATH, body, {
    query: { organization: options.org },
  })
  if (options.json) await terminal.data(toJson(saved))
  else {
    if (saved.signingSecret !== undefined) await terminal.data(saved.signingSecret)
    const shown = saved.signingSecret === undefined ? '' : ' Its signing secret is shown this once.'
    terminal.say(escapeControls(`Channel ${saved.name} took a test message and is saved.${shown}`))
  }
  return 0
}

/** Sends a test message, or deletes the channel. */
export async function changeChannel(
  name: string,
  what: 'test' | 'delete',
  options: AlertOptions,
  terminal: Terminal,
): Promise<number> {
  const service = await findService(loadConfig())
  const path = `${PATH}/${encodeURIComponent(name)}`
  const query = { organization: options.org }
  const channel =
    what === 'delete'
      ? await service.delete<AlertChannel>(path, query)
      : await service.post<AlertChannel>(`${path}/test`, {}, { query })
  if (options.json) await terminal.data(toJson(channel))
  else
    terminal.say(
      escapeControls(`Channel ${channel.name} ${what === 'delete' ? 'is deleted' : 'took a test message'}.`),
    )
  return 0
}

/** From a file, so that it is not among the arguments that others on the host see. */
async function readSecret(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    throw new InvalidRequestError([
      { path: 'secret-file', message: `is not a file of JSON: ${messageOf(error)}` },
    ])
  }
}
