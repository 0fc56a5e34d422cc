/** Content of tests. */
import { createHash } from 'node:crypto'
import type { ContentSource } from '../../src/blobs/content-source.ts'
import type { ShortLived } from '../../src/blobs/blob-store.ts'
import type { StoredContent } from '../../src/blobs/objects.ts'

export function sha256Of(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex')
}

/** As a source of the blob path, in pieces of odd sizes. */
export function sourceOf(content: Buffer): ContentSource {
  let at = 0
  let size = 1
  return {
    read(into) {
      const read = content.copy(into, 0, at, Math.min(content.length, at + size))
      at += read
      size = Math.min(size * 7, 300_001)
      return Promise.resolve(read)
    },
    close: () => Promise.resolve(),
  }
}

/** All pieces, each of which may change once the next is asked for. */
export async function copyOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const copies: Buffer[] = []
  for await (const piece of pieces) copies.push(Buffer.from(piece))
  return Buffer.concat(copies)
}

/** What is read of content that was found. */
export function readOf(opened: StoredContent | null): ShortLived {
  if (opened === null) throw new Error('there is no such content')
  return opened.read()
}

/** For `storeBlob()`. */
export function contentOf(content: Buffer | string): { bytes: number; content: () => ContentSource } {
  const bytes = Buffer.from(content)
  return { bytes: bytes.length, content: () => sourceOf(bytes) }
}
