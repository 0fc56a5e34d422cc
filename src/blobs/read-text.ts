/** Reads whole texts from the blob store, for a replay. */
import { collect } from './format/decode.ts'
import { openBlob, type BlobName, type BlobPlace } from './objects.ts'

/** More than a request may have. */
const MAX_BYTES = 67_108_864

/** Null where the content is not in the store, or longer than a request may be. @throws {BlobsUnavailableError} {BlobDamagedError} */
export async function readBlobText(place: BlobPlace, name: BlobName): Promise<string | null> {
  const found = await openBlob(place, name)
  if (found === null || found.bytes > MAX_BYTES) return null
  return (await collect(found.read(), found.bytes)).toString()
}
