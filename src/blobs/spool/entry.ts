/**
 * Names in a directory of the spool: `<id>.blob` has the content and `<id>.json` says what it is, written last, so that a
 * blob without it was cut by the end of its process. An id is a UUIDv7 and the number of bytes: sizes and ages can be read
 * from the names alone. `<uuid>.draft` is being written.
 */
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'

/** The part of an execution that a blob is; 'file' for each file of `/out`, which 'files' lists. */
export const BLOB_KINDS = ['code', 'input', 'request', 'result', 'stdout', 'stderr', 'files', 'file'] as const
export type BlobKind = (typeof BLOB_KINDS)[number]

/** `<id>.json` */
export const spoolEntry = z.object({
  organizationId: z.string(),
  executionId: z.string(),
  kind: z.enum(BLOB_KINDS),
  sha256: z.string().regex(/^[0-9a-f]{64}$/u),
  bytes: z.int().nonnegative(),
  /** Start of the execution, ISO 8601 UTC. */
  startedAt: z.string(),
  /** The content is cut at the bound of a blob. */
  isCut: z.boolean(),
})
export type SpoolEntry = z.infer<typeof spoolEntry>

const META = /^(?<id>(?<time>[0-9a-f]{8}-[0-9a-f]{4})-[0-9a-f-]{22}\.(?<bytes>\d{1,16}))\.json$/u

export function newId(bytes: number): string {
  return `${uuidv7()}.${bytes}`
}

export function newDraftName(): string {
  return `${uuidv7()}.draft`
}

export const contentName = (id: string): string => `${id}.blob`
export const metaName = (id: string): string => `${id}.json`

/** What a file's name says of an entry; null for other files. */
export function parseMetaName(name: string): { id: string; bytes: number; atMs: number } | null {
  const groups = META.exec(name)?.groups
  if (groups === undefined) return null
  const { id = '', time = '', bytes = '' } = groups
  return { id, bytes: Number(bytes), atMs: Number.parseInt(time.replace('-', ''), 16) }
}
