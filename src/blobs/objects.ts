/** Content into a store and out of it: compressed, encrypted where there is a key, and checked on both ways. */
import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { ExectrailError } from '../errors.ts'
import { blobKey } from './blob-key.ts'
import type { BlobStore, ShortLived } from './blob-store.ts'
import type { ContentSource } from './content-source.ts'
import { collect, decodeRange, readDirectory, TAIL_BYTES, type ReadRange } from './format/decode.ts'
import { encodeBlob } from './format/encode.ts'
import type { Keyring } from './format/keyring.ts'

/** Where objects are, and what decrypts them. */
export interface BlobPlace {
  store: BlobStore
  keyring: Keyring
}

export interface BlobName {
  organizationId: string
  /** Of the content, 64 hexadecimal digits. */
  sha256: string
}

/** Encoded content up to this size is held in memory, larger content is encoded twice where a store asks for the size. */
const HELD_BYTES = 4_194_304

export interface NewContent {
  /** Opens the content from the start; called again to repeat an attempt. */
  content: () => ContentSource
  /** Its exact size. */
  bytes: number
  signal?: AbortSignal | undefined
}

/**
 * Stores content under its sha256; 'present' where the organization has it already. May be repeated after any error.
 * @returns with the size of the stored object
 * @throws {BlobRefusedError} where the content does not have this sha256 or size
 * @throws {BlobsUnavailableError}
 */
export async function storeBlob(
  { store, keyring }: BlobPlace,
  name: BlobName,
  { content, bytes: size, signal }: NewContent,
): Promise<{ outcome: 'created' | 'present'; storedBytes: number }> {
  const key = blobKey(name.organizationId, name.sha256)
  const found = await store.head(key)
  if (found !== null) return { outcome: 'present', storedBytes: found.bytes }
  const salt = randomBytes(16)
  const encode = () => encodeBlob(content(), { key, bytes: size, master: keyring.current, salt })
  const { source, bytes } = store.needsSize ? await withSize(encode) : { source: encode, bytes: undefined }
  const outcome = await store.put(key, source, { bytes, signal })
  const stored = await store.head(key)
  return { outcome, storedBytes: stored?.bytes ?? 0 }
}

async function withSize(encode: () => ShortLived): Promise<{ bytes: number; source: () => ShortLived }> {
  let held: Buffer[] | null = []
  let bytes = 0
  for await (const piece of encode()) {
    bytes += piece.length
    if (bytes > HELD_BYTES) held = null
    held?.push(Buffer.from(piece))
  }
  const whole = held
  return { bytes, source: whole === null ? encode : () => Readable.from(whole) }
}

export interface StoredContent {
  /** Size of the content. */
  bytes: number
  /** Size of the stored object. */
  storedBytes: number
  /**
   * The content, or a part of it with both bounds inclusive and inside; fails with a BlobDamagedError. Who holds a piece
   * past the next one copies it (`copiesOf`, `sentCopiesOf`), or all of them (`collect`).
   */
  read(range?: { start: number; end: number }): ShortLived
}

/**
 * Finds stored content; null where there is none.
 * @throws {BlobDamagedError} where the object is not one of exectrail, was changed, or its key is missing
 * @throws {BlobsUnavailableError}
 */
export async function openBlob(
  { store, keyring }: BlobPlace,
  name: BlobName,
  signal?: AbortSignal,
): Promise<StoredContent | null> {
  const key = blobKey(name.organizationId, name.sha256)
  const found = await store.head(key)
  if (found === null) return null
  const read = await withTail(rangesOf(store, key, signal), found.bytes)
  const directory = await readDirectory(read, { key, storedBytes: found.bytes, keyring })
  const { bytes } = directory.index
  return {
    bytes,
    storedBytes: found.bytes,
    read: (range = { start: 0, end: bytes - 1 }) => decodeRange(read, directory, range),
  }
}

function rangesOf(store: BlobStore, key: string, signal: AbortSignal | undefined): ReadRange {
  return async (start, end) => {
    const opened = await store.open(key, { start, end, signal })
    if (opened !== null) return opened.body
    throw new ExectrailError('not_found', 'The object was deleted while it was read')
  }
}

/** Reads the end once, which is all of a small object. */
async function withTail(read: ReadRange, storedBytes: number): Promise<ReadRange> {
  const from = Math.max(0, storedBytes - TAIL_BYTES)
  if (storedBytes === 0) return read
  const tail = await collect(await read(from, storedBytes - 1), storedBytes - from)
  return async (start, end) =>
    start < from ? read(start, end) : Readable.from([tail.subarray(start - from, end - from + 1)])
}
