/** A request as the job that a sandbox takes. */
import { randomUUID } from 'node:crypto'
import type { FileContent } from '../../execution.ts'
import type { RuntimeRequest } from '../runtime.ts'
import type { GuestJob } from '../sandbox/host.ts'

/** The job of `request`: `code` in a file beside its files, and the first line for the guest program. */
export function makeJob(
  { files, input }: RuntimeRequest,
  program: { file: string; code: string; head: (nonce: string) => string },
): GuestJob {
  const nonce = randomUUID().replaceAll('-', '')
  return {
    nonce,
    files: [
      ...files.map((file) => toBytes(file)),
      { path: program.file, content: Buffer.from(program.code, 'utf8') },
    ],
    head: program.head(nonce),
    input,
  }
}

function toBytes(file: FileContent): { path: string; content: Uint8Array } {
  return {
    path: file.path.replaceAll('\n', '_'),
    content: Buffer.from(file.content, file.encoding ?? 'utf8'),
  }
}
