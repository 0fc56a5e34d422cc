/** Whole content of one execution: from its record where that holds all of it, else from the blob store. */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { z } from 'zod'
import type { ShortLived } from '../blobs/blob-store.ts'
import { collect } from '../blobs/format/decode.ts'
import { openBlob, type StoredContent, type BlobPlace } from '../blobs/objects.ts'
import { BlobDamagedError, ExectrailError } from '../errors.ts'
import type { ContentPart, OutFile } from '../record/content-parts.ts'
import type { ExecutionRecord } from '../record/record.ts'
import { getExecution as queryExecution } from '../store/queries/get-execution.ts'
import type { Scope } from '../store/scope.ts'
import { noSuchExecution } from './get-execution.ts'
import { expired, explainMissing, isExpired, type MissingParts } from './missing-content.ts'

export interface Blobs extends BlobPlace {
  /** Content waits in a spool for so long at most, ms. */
  maxWaitMs: number
}

interface Parts extends MissingParts {
  /** Null: blobs are switched off. */
  blobs: Blobs | null
  scope: Scope
}

export interface OpenedContent {
  bytes: number
  /** Of the content, 64 hexadecimal digits. */
  sha256: string
  /** Both bounds inclusive and inside the content; fails where the object is damaged. */
  read(range?: { start: number; end: number }): ShortLived
}

const FILES_MAX = 10_000
const MANIFEST_MAX_BYTES = 8_388_608
const manifest = z
  .array(z.object({ path: z.string(), bytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/u) }))
  .max(FILES_MAX)

/**
 * The whole content of a field.
 * @throws {ExectrailError} `not_found` where the scope has no such execution, `content_not_kept`, `content_expired`,
 * `content_pending` where its object is not in the store yet, or what the blob store, the store and the metadata throw
 */
export async function openContent(
  parts: Parts,
  executionId: string,
  part: ContentPart,
): Promise<OpenedContent> {
  const record = await readRecord(parts, executionId)
  const sha256 = record[`${part}Blob`]
  if (sha256 !== null) return openStored(parts, record, { sha256, what: part })
  const text = record[part]
  if (isExpired(record)) throw expired()
  if (text === null || (text === '' && printedBytes(record, part) > 0)) throw notKept(part, 'absent')
  if (isCut(record, part)) throw notKept(part, 'cut')
  return inline(Buffer.from(text))
}

/** The files that the execution left in `/out`, where the blob store has them; none where it left none. */
export async function listOutFiles(parts: Parts, executionId: string): Promise<OutFile[]> {
  return filesOf(parts, await readRecord(parts, executionId))
}

/** One of them. @throws as `openContent`, and `not_found` for a path that is not among them */
export async function openOutFile(parts: Parts, executionId: string, path: string): Promise<OpenedContent> {
  const record = await readRecord(parts, executionId)
  const file = (await filesOf(parts, record)).find((found) => found.path === path)
  if (file !== undefined) return openStored(parts, record, { sha256: file.sha256, what: 'file' })
  throw new ExectrailError(
    'not_found',
    `the execution left no file ${JSON.stringify(path.slice(0, 200))} that was kept`,
    {
      hint: `GET /v1/executions/${record.executionId}/files lists them.`,
    },
  )
}

/** @throws {ExectrailError} `not_found` where the scope has no such execution */
export async function readRecord(
  { store, scope }: Pick<Parts, 'store' | 'scope'>,
  executionId: string,
): Promise<ExecutionRecord> {
  const record = await queryExecution(store, scope, executionId)
  if (record === null) throw noSuchExecution()
  return record
}

async function filesOf(parts: Parts, record: ExecutionRecord): Promise<OutFile[]> {
  if (record.filesBlob === null) return []
  const list = await openStored(parts, record, { sha256: record.filesBlob, what: 'list of files' })
  if (list.bytes > MANIFEST_MAX_BYTES)
    throw new BlobDamagedError('the list of files is larger than it can be')
  const read = manifest.safeParse(parseJson((await collect(list.read(), list.bytes)).toString()))
  if (read.success) return read.data
  throw new BlobDamagedError('the list of files of the execution is not one')
}

/** The organization is the record's, so that a key reads only what its execution names. */
async function openStored(
  parts: Parts,
  record: ExecutionRecord,
  { sha256, what }: { sha256: string; what: string },
): Promise<OpenedContent> {
  const { blobs } = parts
  if (blobs === null)
    throw new ExectrailError(
      'content_not_kept',
      `the ${what} is in a blob store that this service does not use`,
      {
        hint: 'Start it with EXECTRAIL_BLOBS as it was when the execution ran.',
      },
    )
  const name = { organizationId: record.organizationId, sha256 }
  const opened = await openBlob(blobs, name)
  if (opened !== null) return viewOf(opened, sha256)
  const missing = await explainMissing(parts, record, { sha256, what, maxWaitMs: blobs.maxWaitMs })
  // It may have come while its state was read.
  const late = missing.code === 'content_not_kept' ? await openBlob(blobs, name) : null
  if (late === null) throw missing
  return viewOf(late, sha256)
}

function viewOf(stored: StoredContent, sha256: string): OpenedContent {
  return { sha256, bytes: stored.bytes, read: (range) => stored.read(range) }
}

function inline(content: Buffer): OpenedContent {
  return {
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    read: ({ start, end } = { start: 0, end: content.length - 1 }) =>
      Readable.from([content.subarray(start, end + 1)], { objectMode: false }),
  }
}

const CUT_MARK = /\n… \d+ bytes left out …\n/u

/** Whether the record holds only a part, as far as it says. */
function isCut(record: ExecutionRecord, part: ContentPart): boolean {
  const text = record[part] ?? ''
  if (part === 'stdout' || part === 'stderr')
    return CUT_MARK.test(text) && Buffer.byteLength(text) !== printedBytes(record, part)
  if (part === 'result') return parseJson(text) === undefined
  return record.requestLoss?.includes(`${part} truncated`) ?? false
}

function printedBytes(record: ExecutionRecord, part: ContentPart): number {
  if (part === 'stdout') return record.stdoutBytes
  return part === 'stderr' ? record.stderrBytes : 0
}

function notKept(part: ContentPart, why: 'absent' | 'cut'): ExectrailError {
  const message =
    why === 'cut' ? `only parts of the ${part} were kept; the record has them` : `there is no ${part}`
  return new ExectrailError('content_not_kept', message, {
    hint:
      why === 'cut'
        ? 'Whole content is kept where the executor runs with blobs (EXECTRAIL_BLOBS), up to EXECTRAIL_BLOBS_MAX_MB, while its spool has room.'
        : 'The execution had none, or EXECTRAIL_RECORD_CONTENT leaves it out.',
  })
}

/** undefined where it is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
