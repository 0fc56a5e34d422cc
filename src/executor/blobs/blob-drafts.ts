/** Writes content to files of the spool, within its bounds: short ones at once, long ones in a thread. */
import { setImmediate } from 'node:timers/promises'
import { messageOf } from '../../errors.ts'
import type { SpoolEntry } from '../../blobs/spool/entry.ts'
import type { Spool } from '../../blobs/spool/spool.ts'
import { BlobFile, type BlobFileOptions, type WrittenBlob } from './blob-file.ts'
import type { BlobWriter, WorkerFile } from './blob-writer.ts'

/** Content up to this size is masked, hashed and written in a turn of the event loop. */
const TURN_BYTES = 131_072
const PIECE_BYTES = 1_048_576

/** What of an entry is known before it is written. */
export type Described = Omit<SpoolEntry, 'sha256' | 'bytes' | 'isCut'>

/** A file that is being written. */
export interface Draft {
  path: string
  file: WorkerFile
}

export interface DraftParts {
  spool: Spool
  writer: BlobWriter
  /** Of one blob. */
  maxBytes: number
}

export class BlobDrafts {
  readonly #parts: DraftParts

  constructor(parts: DraftParts) {
    this.#parts = parts
  }

  /** A file for content that comes in pieces; null where there is no room, which is counted. */
  begin(secrets: readonly string[] | null): Draft | null {
    const { spool, writer, maxBytes } = this.#parts
    const path = spool.openDraft()
    if (path === null) return null
    const file = writer.begin({ path, secrets, maxBytes }, (grown) => {
      const full = spool.grow(grown)
      if (full === null || file.isFull) return
      // `end` of it fails, and says why.
      file.abort(full)
    })
    return { path, file }
  }

  /** Makes a file an entry. @returns null where it is not kept, which is counted */
  async end({ path, file }: Draft, about: Described): Promise<WrittenBlob | null> {
    try {
      const written = await file.end()
      return this.#keep(path, written, about)
    } catch (error) {
      return this.#lose(path, file.bytes, error)
    }
  }

  /** Counts content that is not kept. */
  lose(why: string): void {
    this.#parts.spool.drop(why)
  }

  discard({ path, file }: Draft): void {
    file.abort('it is not needed')
    this.#parts.spool.discard(path, file.bytes)
  }

  /** Keeps content that is there. @returns null where it is not kept, which is counted */
  async keep(
    content: Buffer,
    secrets: readonly string[] | null,
    about: Described,
  ): Promise<WrittenBlob | null> {
    if (content.length <= TURN_BYTES) {
      await setImmediate()
      return this.#keepNow(content, secrets, about)
    }
    const draft = this.begin(secrets)
    if (draft === null) return null
    for (let at = 0; at < content.length && !draft.file.isFull; at += PIECE_BYTES)
      await draft.file.push(new Uint8Array(content.subarray(at, at + PIECE_BYTES)))
    return this.end(draft, about)
  }

  #keepNow(content: Buffer, secrets: BlobFileOptions['secrets'], about: Described): WrittenBlob | null {
    const { spool, maxBytes } = this.#parts
    const path = spool.openDraft()
    if (path === null) return null
    const file = new BlobFile({ path, secrets, maxBytes })
    try {
      file.push(content)
      const written = file.end()
      const full = spool.grow(written.bytes)
      if (full !== null) throw new Error(full)
      return this.#keep(path, written, about)
    } catch (error) {
      file.remove()
      return this.#lose(path, file.bytes, error)
    }
  }

  #keep(path: string, written: WrittenBlob, about: Described): WrittenBlob | null {
    return this.#parts.spool.keep(path, { ...about, ...written }) ? written : null
  }

  #lose(path: string, bytes: number, error: unknown): null {
    const { spool } = this.#parts
    spool.discard(path, bytes)
    spool.drop(messageOf(error))
    return null
  }
}
