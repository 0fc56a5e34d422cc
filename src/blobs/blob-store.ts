/**
 * Where objects are stored. A store never overwrites an object, and knows nothing of what is in it: `format.ts` encodes.
 * Errors of every store: BlobsUnavailableError where a later attempt may succeed, BlobRefusedError where none will.
 */
export interface BlobStore {
  readonly kind: 'directory' | 'supabase' | 's3'
  /** Where the objects are, for messages; without secrets. */
  readonly location: string
  /** True where `put()` must be given the size. */
  readonly needsSize: boolean
  /**
   * Stores an object under a key of `blobKey()`; 'present' where the key has one already, which stays as it is.
   * @param source opens the bytes from the start; a store calls it again to repeat an attempt, and it must give the same
   * @throws {BlobRefusedError} also where `source` gives fewer or more bytes than it should
   */
  put(key: string, source: () => ShortLived, options: PutOptions): Promise<'created' | 'present'>
  /** The object or a part of it; null where there is none. The body fails with the errors of this interface too. */
  open(key: string, options?: OpenOptions): Promise<OpenedBlob | null>
  /** The size of the object; null where there is none. */
  head(key: string): Promise<{ bytes: number } | null>
  /** Deletes objects; those that do not exist are passed over. */
  delete(keys: readonly string[]): Promise<void>
  /** A page of objects in order of their keys; what is not one of exectrail is left out, so that a page may be short. */
  list(options: ListOptions): Promise<BlobPage>
  /** Resolves where objects can be stored and read; makes the bucket or directory where it is missing. */
  probe(): Promise<void>
  close(): Promise<void>
}

/** Bytes in pieces, each of which may change once the next is asked for. */
export type ShortLived = AsyncIterable<Uint8Array>

export interface PutOptions {
  /** Exact size of what `source` gives; only stores that need it may not be called without. */
  bytes?: number | undefined
  signal?: AbortSignal | undefined
}

/** Both bounds inclusive and inside the object, as in HTTP. */
export interface OpenOptions {
  start?: number | undefined
  end?: number | undefined
  signal?: AbortSignal | undefined
}

export interface OpenedBlob {
  /** To be read, or what it holds stays open. */
  body: ShortLived
  /** Size of the body. */
  bytes: number
}

export interface ListOptions {
  /** `next` of the page before. */
  cursor?: string | undefined
  /** At most 1000. */
  limit: number
}

export interface BlobPage {
  objects: readonly StoredBlob[]
  /** null: there are no more. */
  next: string | null
}

export interface StoredBlob {
  key: string
  bytes: number
}
