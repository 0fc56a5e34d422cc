/** A file that content is written to: masked, hashed and counted on the way, in whatever thread. */
import { createHash } from 'node:crypto'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { MaskStream } from '../mask-stream.ts'

export interface WrittenBlob {
  sha256: string
  bytes: number
  /** There was more than the bound. */
  isCut: boolean
}

export interface BlobFileOptions {
  path: string
  /** Values to mask; null where nothing is masked. */
  secrets: readonly string[] | null
  maxBytes: number
}

/** Synchronous; it is made by the first byte that is decided. */
export class BlobFile {
  readonly #options: BlobFileOptions
  readonly #mask: MaskStream | null
  readonly #hash = createHash('sha256')
  #fd: number | null = null
  #bytes = 0
  #isCut = false

  constructor(options: BlobFileOptions) {
    this.#options = options
    this.#mask = options.secrets === null ? null : new MaskStream(options.secrets)
  }

  /** The bound is reached: what follows is left out. */
  get isFull(): boolean {
    return this.#isCut
  }

  get bytes(): number {
    return this.#bytes
  }

  /** @throws file system errors */
  push(chunk: Uint8Array): void {
    if (this.#isCut) return
    this.#write(this.#mask === null ? chunk : fromLatin1(this.#mask.push(toLatin1(chunk))))
  }

  /** Writes the rest. @throws file system errors */
  end(): WrittenBlob {
    if (this.#mask !== null && !this.#isCut) this.#write(fromLatin1(this.#mask.end()))
    this.#open()
    this.close()
    return { sha256: this.#hash.digest('hex'), bytes: this.#bytes, isCut: this.#isCut }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd)
    this.#fd = null
  }

  /** Ends it without its content. */
  remove(): void {
    this.close()
    rmSync(this.#options.path, { force: true })
  }

  #open(): number {
    this.#fd ??= openSync(this.#options.path, 'wx', 0o600)
    return this.#fd
  }

  #write(bytes: Uint8Array): void {
    const room = this.#options.maxBytes - this.#bytes
    this.#isCut = bytes.length > room
    const kept = this.#isCut ? bytes.subarray(0, room) : bytes
    if (kept.length === 0) return
    const fd = this.#open()
    for (let at = 0; at < kept.length;) at += writeSync(fd, kept, at)
    this.#hash.update(kept)
    this.#bytes += kept.length
  }
}

function toLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

function fromLatin1(text: string): Buffer {
  return Buffer.from(text, 'latin1')
}
