/**
 * What Supabase Storage answers. It gives HTTP 400 for nearly every refusal and the true status in the body; a refusal
 * that comes before a request has ended closes the socket, on which the next request fails.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { BlobRefusedError, BlobsUnavailableError, isExectrailError, messageOf } from '../errors.ts'

/** Waits between attempts where the connection broke. */
const PAUSES_MS = [100, 500, 2_000]
const MESSAGE_MAX = 500

interface Refusal {
  status: number
  /** Such as NoSuchKey; empty from older servers and from resumable uploads. */
  code: string
  message: string
}

export class StorageRefusal extends Error implements Refusal {
  readonly status: number
  readonly code: string

  constructor({ status, code, message }: Refusal) {
    super(message.slice(0, MESSAGE_MAX))
    this.status = status
    this.code = code
  }

  /** Of a resumable upload: a text with its true status, or JSON as of all other requests. */
  static ofBody(status: number, body: string): StorageRefusal {
    const read = answerBody.safeParse(parseJson(body))
    if (!read.success) return new StorageRefusal({ status, code: '', message: body })
    const { statusCode, code = '', message } = read.data
    return new StorageRefusal({ status: Number(statusCode ?? status), code, message })
  }
}

const answerBody = z.object({
  statusCode: z
    .string()
    .regex(/^\d{3}$/u)
    .optional(),
  code: z.string().optional(),
  message: z.string(),
})

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The data of an answer of storage-js. @throws {StorageRefusal}, or the fault of the connection */
export function dataOf<Data>(answer: { data: Data; error: Error | null }): NonNullable<Data> {
  if (answer.error !== null) throw refusalOf(answer.error) ?? causeOf(answer.error)
  if (answer.data === null || answer.data === undefined) throw new Error('the answer has no data')
  return answer.data
}

function refusalOf(error: Error): StorageRefusal | null {
  if (!('status' in error) || typeof error.status !== 'number') return null
  const inBody = 'statusCode' in error ? Number(error.statusCode) : Number.NaN
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return new StorageRefusal({
    status: Number.isInteger(inBody) ? inBody : error.status,
    code,
    message: error.message,
  })
}

/** `fetch failed` says why in its cause. */
function causeOf(error: Error): Error {
  const original = 'originalError' in error ? error.originalError : error
  if (!(original instanceof Error)) return error
  return original.cause instanceof Error ? original.cause : original
}

export function isDuplicate({ status, code, message }: Refusal): boolean {
  return (
    (status === 409 && !message.includes('locked')) ||
    code === 'KeyAlreadyExists' ||
    /already exists/iu.test(message)
  )
}

export function isMissingBucket({ code, message }: Refusal): boolean {
  return code === 'NoSuchBucket' || /bucket not found/iu.test(message)
}

export function isMissingObject(refusal: Refusal): boolean {
  if (isMissingBucket(refusal)) return true
  return refusal.status === 404 || refusal.code === 'NoSuchKey' || /object not found/iu.test(refusal.message)
}

/** The refusal, the fault of the connection, or an error of exectrail, in the words of a blob store; an abort as it is. */
export function toBlobError(error: unknown, location: string): Error {
  if (isExectrailError(error)) return error
  if (error instanceof Error && error.name === 'AbortError') return error
  if (error instanceof StorageRefusal) return refusalError(error, location)
  return new BlobsUnavailableError(`Supabase Storage at ${location} does not answer: ${messageOf(error)}`, {
    cause: error,
    hint: 'check SUPABASE_URL and the network; content waits on disk meanwhile',
  })
}

function refusalError({ status, code, message }: StorageRefusal, location: string): Error {
  const what = `Supabase Storage at ${location}: ${message} (${code === '' ? status : `${status}, ${code}`})`
  const isKey =
    status === 401 || status === 403 || code === 'InvalidJWT' || /jwt|jws|signature/iu.test(message)
  if (isKey)
    return new BlobsUnavailableError(what, {
      hint: 'set SUPABASE_SERVICE_ROLE_KEY to the service_role key of the project (Settings, API keys)',
    })
  if (status === 413 || code === 'EntityTooLarge')
    return new BlobRefusedError(what, {
      hint: 'raise the limit of file size of the project and the bucket, or lower EXECTRAIL_BLOBS_MAX_MB',
    })
  const isPassing = status >= 500 || [408, 409, 423, 429].includes(status)
  return isPassing ? new BlobsUnavailableError(what) : new BlobRefusedError(what)
}

/** Repeats where there was no answer, or one that may pass: the connection may be one that was closed meanwhile. */
export async function repeatably<Result>(
  attempt: () => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await attempt()
    } catch (error) {
      const mayPass = error instanceof StorageRefusal ? error.status >= 500 : !isExectrailError(error)
      if (!mayPass || signal?.aborted === true) throw error
      await pause(pauseMs, undefined, { signal })
    }
  }
  return attempt()
}
