/** Names and types of content as files. */
import type { ContentPart } from '../record/content-parts.ts'
import type { ContentFile } from './content-reply.ts'

export const TEXT = 'text/plain; charset=utf-8'
export const BINARY = 'application/octet-stream'

/** Name of a part's file and what it says of it. */
export const PARTS: Readonly<Record<ContentPart, { summary: string; extension: string; type: string }>> = {
  stdout: { summary: 'All that the code printed', extension: 'txt', type: TEXT },
  stderr: { summary: 'All that the code printed as errors', extension: 'txt', type: TEXT },
  code: { summary: 'The whole code', extension: 'txt', type: TEXT },
  input: { summary: 'The whole input, as JSON', extension: 'json', type: 'application/json' },
  request: { summary: 'What else the run was given, as JSON', extension: 'json', type: 'application/json' },
  result: { summary: 'The whole result, as JSON', extension: 'json', type: 'application/json' },
}

/** @param download '1': a browser saves it */
export function fileOfPart(executionId: string, part: ContentPart, download: '0' | '1'): ContentFile {
  const { extension, type } = PARTS[part]
  const disposition = download === '1' ? 'attachment' : 'inline'
  return { name: `${executionId}-${part}.${extension}`, type, disposition }
}

/** A file of `/out`, which a browser always saves. */
export function fileOfOut(path: string): ContentFile {
  return { name: path, type: BINARY, disposition: 'attachment' }
}
