/** `exectrail link`: a link to whole content of an execution that needs no key, from the running service. */
import type { ContentLink } from '../../client/content.ts'
import { loadConfig } from '../../config.ts'
import { InvalidRequestError } from '../../errors.ts'
import { formatTime } from '../../format.ts'
import type { ContentPart } from '../../record/content-parts.ts'
import { spanMs } from '../../service/window.ts'
import { escapeControls, toJson } from '../escape-controls.ts'
import { findService } from '../service-client.ts'
import type { Terminal } from '../terminal.ts'

interface LinkOptions {
  part: ContentPart | undefined
  file?: string
  for: string
  org?: string
  json?: true
}

/** Prints the link alone, so that it can be piped; what it is for goes to standard error. */
export async function link(id: string, options: LinkOptions, terminal: Terminal): Promise<number> {
  const { part = 'stdout', file, org, json } = options
  if (file !== undefined && options.part !== undefined)
    throw new InvalidRequestError([{ path: '--file', message: `name either ${part} or a file, not both` }])
  const expiresInSeconds = Math.ceil(spanMs(options.for, '--for') / 1000)
  const service = await findService(loadConfig())
  const made = await service.post<ContentLink>(
    `/v1/executions/${encodeURIComponent(id)}/links`,
    { ...(file === undefined ? { part } : { file }), expiresInSeconds },
    { query: { organization: org } },
  )
  if (json) {
    await terminal.data(toJson(made))
    return 0
  }
  await terminal.data(escapeControls(made.url))
  terminal.say(`Whoever has it reads ${escapeControls(file ?? part)} until ${formatTime(made.expiresAt)}.`)
  return 0
}
