/** Large objects to Supabase Storage by resumable upload (TUS), which goes on where a connection broke. */
import type { Readable } from 'node:stream'
import { DetailedError, Upload, type UploadOptions } from 'tus-js-client'
import type { SupabasePlace } from '../blobs-config.ts'
import { isExectrailError, messageOf } from '../errors.ts'
import { ReplayableSource } from './replayable-source.ts'
import { isDuplicate, StorageRefusal } from './supabase-answers.ts'

/** The size that Storage wants for all chunks but the last. */
export const CHUNK_BYTES = 6 * 1_048_576
const RETRIES_MS = [100, 500, 2_000, 5_000]
/** The upload fails when nothing was sent or answered for so long. */
const STALLED_MS = 60_000

interface LargeObject {
  key: string
  source: () => Readable
  bytes: number
  signal?: AbortSignal | undefined
}

/** @throws {StorageRefusal} what Storage answered; @throws {Error} of the source, the connection or the signal */
export async function uploadResumably(
  place: SupabasePlace,
  object: LargeObject,
): Promise<'created' | 'present'> {
  object.signal?.throwIfAborted()
  const source = new ReplayableSource(object.source, object.bytes)
  try {
    await run(optionsOf(place, object, source), object.signal)
    return 'created'
  } catch (error) {
    if (error instanceof StorageRefusal && isDuplicate(error)) return 'present'
    throw error
  } finally {
    source.close()
  }
}

function optionsOf(
  { url, serviceRoleKey, bucket }: SupabasePlace,
  { key, bytes }: LargeObject,
  source: ReplayableSource,
): UploadOptions {
  return {
    endpoint: `${url}/storage/v1/upload/resumable`,
    headers: { authorization: `Bearer ${serviceRoleKey}`, apikey: serviceRoleKey, 'x-upsert': 'false' },
    metadata: { bucketName: bucket, objectName: key, contentType: 'application/octet-stream' },
    chunkSize: CHUNK_BYTES,
    uploadSize: bytes,
    retryDelays: RETRIES_MS,
    fileReader: { openFile: () => Promise.resolve(source) },
    storeFingerprintForResuming: false,
    removeFingerprintOnSuccess: true,
    onShouldRetry: (error) => mayPass(translate(error)),
  }
}

function run(options: UploadOptions, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    let stalled: NodeJS.Timeout
    const end = (settle: () => void) => {
      clearTimeout(stalled)
      signal?.removeEventListener('abort', cancel)
      settle()
    }
    const stopWith = (reason: Error, leave: 'delete' | 'keep') => {
      void upload.abort(leave === 'delete').catch(() => undefined)
      end(() => {
        reject(reason)
      })
    }
    const cancel = () => {
      stopWith(abortError(signal), 'delete')
    }
    const watch = () => {
      clearTimeout(stalled)
      stalled = setTimeout(() => {
        stopWith(new Error(`nothing was sent for ${STALLED_MS / 1000} s`), 'keep')
      }, STALLED_MS)
    }
    const upload = new Upload(Buffer.alloc(0), {
      ...options,
      onProgress: watch,
      onSuccess: () => {
        end(resolve)
      },
      onError: (error) => {
        end(() => {
          reject(translate(error))
        })
      },
    })
    signal?.addEventListener('abort', cancel, { once: true })
    watch()
    upload.start()
  })
}

function abortError(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new Error(messageOf(reason))
}

/** What Storage answered, what the source threw, or the fault of the connection. */
function translate(error: Error | DetailedError): Error {
  if (!('originalResponse' in error)) return error
  const response = error.originalResponse
  if (response !== null) return StorageRefusal.ofBody(response.getStatus(), response.getBody())
  return error.causingError ?? error
}

/** A conflict of offsets, a lock of an upload that just broke, and faults of the server or the connection. */
function mayPass(error: Error): boolean {
  if (isExectrailError(error)) return false
  if (!(error instanceof StorageRefusal)) return true
  return error.status >= 500 || error.status === 423 || (error.status === 409 && !isDuplicate(error))
}
