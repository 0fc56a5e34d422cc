/** What S3 answers, in the words of a blob store. */
import { BlobRefusedError, BlobsUnavailableError, isExectrailError, messageOf } from '../errors.ts'

const KEY_FAULTS =
  /^(?:AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|CredentialsProviderError|ExpiredToken)/u

export function isMissing(error: unknown): boolean {
  return statusOf(error) === 404
}

export function isMissingBucket(error: unknown): boolean {
  return error instanceof Error && error.name === 'NoSuchBucket'
}

/** Another writer was first: the object is there. */
export function isDuplicate(error: unknown): boolean {
  return statusOf(error) === 412
}

/** Errors of exectrail and aborts stay as they are. */
export function s3Error(error: unknown, location: string): Error {
  if (isExectrailError(error)) return error
  if (error instanceof Error && error.name === 'AbortError') return error
  const name = error instanceof Error ? error.name : ''
  const status = statusOf(error)
  const what = `${location}: ${messageOf(error)} (${status ?? name})`
  if (KEY_FAULTS.test(name) || status === 401 || status === 403)
    return new BlobsUnavailableError(what, {
      cause: error,
      hint: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key that may read and write the bucket',
    })
  const isPassing = status === null || status >= 500 || [408, 409, 412, 429].includes(status)
  if (!isPassing) return new BlobRefusedError(what, { cause: error })
  return new BlobsUnavailableError(what, {
    cause: error,
    hint: 'check EXECTRAIL_BLOBS_S3_ENDPOINT, AWS_REGION and the network; content waits on disk meanwhile',
  })
}

function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('$metadata' in error)) return null
  const metadata = error.$metadata
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return null
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : null
}
