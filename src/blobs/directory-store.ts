/**
 * Objects as files: `<organization>/<first two digits>/<sha256>`. A file appears whole under its name: it is written as
 * a draft, synced, and linked, which fails where the name exists. What a killed process leaves is a draft.
 */
import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { access, mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { BlobRefusedError } from '../errors.ts'
import type {
  BlobPage,
  BlobStore,
  ListOptions,
  OpenedBlob,
  OpenOptions,
  PutOptions,
  ShortLived,
} from './blob-store.ts'
import { fromDisk, hasErrno } from './disk-errors.ts'
import { objectPath, objectsAfter } from './object-files.ts'
import { publishFile } from './publish-file.ts'
import { readFile } from './read-ahead.ts'
import { exactly } from './stream-checks.ts'
import { writeDraft } from './write-draft.ts'

const DRAFTS = 'drafts'
const DRAFT_MAX_AGE_MS = 86_400_000
/** A pipe or a link in the place of an object neither blocks the reader nor leads elsewhere. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

export class DirectoryBlobStore implements BlobStore {
  readonly kind = 'directory'
  readonly needsSize = false
  readonly location: string
  #drafts: Promise<string> | null = null

  /** @param root absolute; made where it is missing */
  constructor(root: string) {
    this.location = root
  }

  async put(key: string, source: () => ShortLived, options: PutOptions): Promise<'created' | 'present'> {
    const path = objectPath(this.location, key)
    if ((await this.head(key)) !== null) return 'present'
    try {
      const draft = join(await this.#draftsDirectory(), randomUUID())
      try {
        await writeDraft(draft, exactly(source(), options))
        return await publishFile(draft, path)
      } finally {
        await rm(draft, { force: true })
      }
    } catch (error) {
      throw fromDisk(error, this.location)
    }
  }

  async open(key: string, options: OpenOptions = {}): Promise<OpenedBlob | null> {
    const path = objectPath(this.location, key)
    try {
      const file = await open(path, READ_FLAGS)
      try {
        return await this.#bodyOf(file, path, options)
      } catch (error) {
        await file.close()
        throw error
      }
    } catch (error) {
      if (hasErrno(error, 'ENOENT')) return null
      throw fromDisk(error, this.location)
    }
  }

  async #bodyOf(
    file: FileHandle,
    path: string,
    { start = 0, end, signal }: OpenOptions,
  ): Promise<OpenedBlob> {
    const found = await file.stat()
    if (!found.isFile()) throw new BlobRefusedError(`${path} is not a file`)
    const last = end ?? found.size - 1
    if (start < 0 || start > last + 1 || last >= found.size)
      throw new BlobRefusedError(`bytes ${start}-${last} are not in ${path}, which has ${found.size}`)
    const bytes = last - start + 1
    return { body: this.#read(file, { start, end: last + 1, signal }), bytes }
  }

  /** Bytes from `start` to `end`, exclusive. */
  async *#read(
    file: FileHandle,
    { start, end, signal }: { start: number; end: number; signal: AbortSignal | undefined },
  ): AsyncGenerator<Buffer> {
    try {
      for await (const piece of readFile(file, start, end)) {
        signal?.throwIfAborted()
        yield piece
      }
    } catch (error) {
      throw fromDisk(error, this.location)
    }
  }

  async head(key: string): Promise<{ bytes: number } | null> {
    try {
      const found = await stat(objectPath(this.location, key))
      return found.isFile() ? { bytes: found.size } : null
    } catch (error) {
      if (hasErrno(error, 'ENOENT')) return null
      throw fromDisk(error, this.location)
    }
  }

  async delete(keys: readonly string[]): Promise<void> {
    try {
      for (const key of keys) await rm(objectPath(this.location, key), { force: true })
    } catch (error) {
      throw fromDisk(error, this.location)
    }
  }

  async list({ cursor, limit }: ListOptions): Promise<BlobPage> {
    try {
      const objects = await objectsAfter(this.location, cursor ?? '', limit)
      return { objects, next: objects.length < limit ? null : (objects.at(-1)?.key ?? null) }
    } catch (error) {
      throw fromDisk(error, this.location)
    }
  }

  async probe(): Promise<void> {
    try {
      await access(await this.#draftsDirectory(), constants.R_OK | constants.W_OK | constants.X_OK)
    } catch (error) {
      this.#drafts = null
      throw fromDisk(error, this.location)
    }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** Made once, and rid of what killed processes left there. */
  #draftsDirectory(): Promise<string> {
    this.#drafts ??= prepareDrafts(join(this.location, DRAFTS)).catch((error: unknown) => {
      this.#drafts = null
      throw error
    })
    return this.#drafts
  }
}

async function prepareDrafts(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  for (const name of await readdir(directory)) {
    const draft = join(directory, name)
    const found = await stat(draft).catch(() => null)
    if (found !== null && Date.now() - found.mtimeMs > DRAFT_MAX_AGE_MS) await rm(draft, { force: true })
  }
  return directory
}
