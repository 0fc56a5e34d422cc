/** `exectrail logs ID --out DIRECTORY`: the files that a program left in `/out`. */
import { buffer } from 'node:stream/consumers'
import { InvalidRequestError } from '../errors.ts'
import type { FileContent } from '../execution.ts'
import type { OutFile } from '../record/content-parts.ts'
import { isUuid } from '../uuid.ts'
import { toNode } from './byte-progress.ts'
import { saveFiles } from './commands/save-files.ts'
import type { ServiceClient } from './service-client.ts'
import type { Terminal } from './terminal.ts'

interface Asked {
  id: string | undefined
  options: { out: string; org?: string | undefined }
  terminal: Pick<Terminal, 'say'>
}

/** They are few and small: a record takes 256 of 32 MiB in all. */
export async function fetchOutFiles(service: ServiceClient, asked: Asked): Promise<number> {
  const { id, options, terminal } = asked
  if (id === undefined || !isUuid(id))
    throw new InvalidRequestError([{ path: '--out', message: 'name one execution by its id' }])
  const at = { organization: options.org }
  const path = `/v1/executions/${encodeURIComponent(id)}/files`
  const { data } = await service.get<{ data: OutFile[] }>(path, at)
  if (data.length === 0) {
    terminal.say('It left no files in /out.')
    return 0
  }
  const files: FileContent[] = []
  for (const file of data) {
    const body = await service.openOutFile({ id, path: file.path, ...at })
    const content = (await buffer(toNode(body))).toString('base64')
    files.push({ path: file.path, content, encoding: 'base64' })
  }
  await saveFiles(files, options.out, terminal)
  return 0
}
