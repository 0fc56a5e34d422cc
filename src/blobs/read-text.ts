/** Reads whole texts from the blob store, for a replay. */
import { text } from 'node:stream/consumers'
import { openBlob, type BlobName, type BlobPlace } from './objects.ts'

/** More than a request may have. */
const MAX_BYTES = 67_108_864

/** Null where the content is not in the store, or longer than a request may be. @throws {BlobsUnavailableError} {BlobDamagedError} */
export async function readBlobText(place: BlobPlace, name: BlobName): Promise<string | null> {
  const found = await openBlob(place, name)
  return found === null || found.bytes > MAX_BYTES ? null : text(found.read())
}
