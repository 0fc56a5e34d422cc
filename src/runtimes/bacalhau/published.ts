/** What a node published of a job that is over: its streams, whole. */
import type { OutputChunk } from '../../execution.ts'
import { unpackArchive } from './archive.ts'

const ARCHIVE_MAX_BYTES = 268_435_456
const PATIENCE_MS = 60_000

/** Streams in the archive at `url`. @throws Error when it cannot be downloaded. */
export async function fetchPublished(url: string): Promise<[OutputChunk['stream'], string][]> {
  if (!/^https?:/u.test(url)) throw new Error(`results were published at ${url}, which is no HTTP address`)
  const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) })
  if (!answer.ok) throw new Error(`the published results could not be fetched: status ${answer.status}`)
  const files = unpackArchive(new Uint8Array(await answer.arrayBuffer()), ARCHIVE_MAX_BYTES)
  return (['stdout', 'stderr'] as const)
    .flatMap((stream) => {
      const content = files.find(({ path }) => path === stream)?.content
      return content === undefined ? [] : [[stream, Buffer.from(content).toString('utf8')] as const]
    })
    .map(([stream, text]) => [stream, text])
}
