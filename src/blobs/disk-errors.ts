/** Errors of the file system in the words of a blob store. */
import { BlobRefusedError, BlobsUnavailableError, isExectrailError, messageOf } from '../errors.ts'

export function hasErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

/** An error of exectrail or an abort as it is. Others are worth another attempt, such as a full disk, except bounds of the file system. */
export function fromDisk(error: unknown, directory: string): Error {
  if (isExectrailError(error)) return error
  if (error instanceof Error && error.name === 'AbortError') return error
  const what = `${directory}: ${messageOf(error)}`
  if (hasErrno(error, 'EFBIG', 'ELOOP')) return new BlobRefusedError(what, { cause: error })
  return new BlobsUnavailableError(what, {
    cause: error,
    hint: 'give the directory of EXECTRAIL_BLOBS space and the right to write, or name another',
  })
}
