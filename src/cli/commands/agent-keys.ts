/** `exectrail agent keys`: keys that versions are signed with. */
import { readFile } from 'node:fs/promises'
import type { SigningKey } from '../../client/registry.ts'
import { loadConfig } from '../../config.ts'
import { InvalidRequestError, messageOf } from '../../errors.ts'
import { formatTime } from '../../format.ts'
import type { AgentOptions } from '../agent-path.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { findService } from '../service-client.ts'
import { readSigningKeyFile, writeSigningKey } from '../signing-key-file.ts'
import { renderTable } from '../table.ts'
import type { Terminal } from '../terminal.ts'

/** Makes a key on this machine; the service does not see it. */
export async function newKey(file: string, options: { json?: true }, terminal: Terminal): Promise<number> {
  const made = await writeSigningKey(file)
  if (options.json) await terminal.data(toJson(made))
  else {
    await terminal.data(made.publicKey.trimEnd())
    terminal.say(escapeControls(`The private part is in ${file}; keep it to yourself. An administrator`))
    terminal.say(escapeControls(`registers the public part: exectrail agent keys add ${file} --name NAME`))
  }
  return 0
}

export async function listKeys(options: AgentOptions, terminal: Terminal): Promise<number> {
  const service = await findService(loadConfig())
  const { data } = await service.get<{ data: SigningKey[] }>('/v1/registry/keys', {
    organization: options.org,
  })
  if (options.json) await terminal.data(toJson(data))
  else if (data.length === 0) terminal.say('No signing keys. Make one: exectrail agent keys new FILE')
  else
    await terminal.data(
      renderTable(
        [
          { title: 'id', max: 64 },
          { title: 'name' },
          { title: 'of' },
          { title: 'added' },
          { title: 'state' },
        ],
        data.map((key) => [
          key.id,
          key.name,
          key.organizationId,
          formatTime(key.createdAt),
          key.revokedAt === null ? 'valid' : `revoked ${formatTime(key.revokedAt)}`,
        ]),
      ),
    )
  return 0
}

/** Registers the public part of a key. */
export async function addKey(
  file: string,
  options: AgentOptions & { name: string },
  terminal: Terminal,
): Promise<number> {
  const publicKey = await publicPart(file)
  const service = await findService(loadConfig())
  const added = await service.post<SigningKey>(
    '/v1/registry/keys',
    { name: options.name, publicKey },
    { query: { organization: options.org } },
  )
  if (options.json) await terminal.data(toJson(added))
  else
    terminal.say(escapeControls(`Key ${added.id} (${added.name}) of ${added.organizationId} is registered.`))
  return 0
}

/** Of a file with either part. A private one never leaves this machine. */
async function publicPart(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new InvalidRequestError([{ path: 'FILE', message: `${file} cannot be read: ${messageOf(error)}` }])
  })
  return text.includes('PUBLIC KEY') ? text : (await readSigningKeyFile(file)).publicKey
}

export async function revokeKey(id: string, options: AgentOptions, terminal: Terminal): Promise<number> {
  const service = await findService(loadConfig())
  const path = `/v1/registry/keys/${encodeURIComponent(id)}`
  const revoked = await service.delete<SigningKey>(path, { organization: options.org })
  if (options.json) await terminal.data(toJson(revoked))
  else terminal.say(escapeControls(`Key ${revoked.id} (${revoked.name}) is revoked.`))
  return 0
}
