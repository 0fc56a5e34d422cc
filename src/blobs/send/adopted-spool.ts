/** A directory of the spool that a dead process left. Its entries are read one by one, however many there are. */
import type { Dir } from 'node:fs'
import { opendir, rm } from 'node:fs/promises'
import { parseMetaName } from '../spool/entry.ts'

export class AdoptedSpool {
  readonly path: string
  #files: Dir | null = null
  #isRead = false
  #turn: Promise<unknown> = Promise.resolve()
  /** Something in it was not sent, so it is read again after this time (monotonic clock, ms). */
  #againAt: number | null = null

  constructor(path: string) {
    this.path = path
  }

  get isReady(): boolean {
    return !this.#isRead || (this.#againAt !== null && performance.now() >= this.#againAt)
  }

  /** Id of the next entry; null at the end. Calls take turns. @throws file system errors */
  next(): Promise<string | null> {
    const read = this.#turn.then(() => this.#read())
    this.#turn = read.catch(() => null)
    return read
  }

  async #read(): Promise<string | null> {
    if (this.#isRead) {
      if (!this.isReady) return null
      this.#isRead = false
      this.#againAt = null
    }
    this.#files ??= await opendir(this.path)
    for (let file = await this.#files.read(); file !== null; file = await this.#files.read()) {
      const entry = parseMetaName(file.name)
      if (entry !== null) return entry.id
    }
    await this.pause()
    return null
  }

  /** An entry was not sent: the directory is read from the start again, `ms` later at the earliest. */
  again(ms: number): void {
    this.#againAt = performance.now() + ms
  }

  /** Ends a pass. */
  async pause(): Promise<void> {
    const files = this.#files
    this.#files = null
    this.#isRead = true
    await files?.close()
  }

  /** Removes the directory where all of it is sent. @returns whether it is removed */
  async removeSent(): Promise<boolean> {
    if (!this.#isRead || this.#againAt !== null) return false
    await rm(this.path, { recursive: true, force: true })
    return true
  }
}
