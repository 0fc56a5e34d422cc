/** Content on its way into the blob store, read into buffers that are used again. */
import { open, type FileHandle } from 'node:fs/promises'

export interface ContentSource {
  /** Reads what comes next into the beginning of `into`. @returns how many bytes, 0 at the end */
  read(into: Buffer): Promise<number>
  /** To be called in every case. */
  close(): Promise<void>
}

/** A file, which is opened by the first read. */
export class FileSource implements ContentSource {
  readonly #path: string
  #file: FileHandle | null = null

  constructor(path: string) {
    this.#path = path
  }

  /** @throws file system errors */
  async read(into: Buffer): Promise<number> {
    this.#file ??= await open(this.#path, 'r')
    return (await this.#file.read(into, 0, into.length)).bytesRead
  }

  async close(): Promise<void> {
    await this.#file?.close()
    this.#file = null
  }
}
