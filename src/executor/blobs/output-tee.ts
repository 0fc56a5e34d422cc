/** Output that is longer than what memory keeps of it, on its way to a file. */
import type { OutputCapture } from '../output-capture.ts'
import type { WorkerFile } from './blob-writer.ts'

/** Up to here the capture has all of it, unless the caller's limit is lower. */
const IN_MEMORY = 262_144
/** Small writes are handed over together. */
const BLOCK = 65_536

/** Receives what a capture receives, before it does. Costs a comparison while memory has everything. */
export class OutputTee {
  readonly #capture: OutputCapture
  readonly #threshold: number
  readonly #begin: () => WorkerFile | null
  /** Undefined before the first whole block; null where there is no room. */
  #file: WorkerFile | null | undefined = undefined
  #isBegun = false
  #block: Uint8Array<ArrayBuffer> | null = null
  #filled = 0

  /** @param begin a new file; null where there is no room */
  constructor(capture: OutputCapture, limitBytes: number, begin: () => WorkerFile | null) {
    this.#capture = capture
    this.#threshold = Math.min(IN_MEMORY, limitBytes)
    this.#begin = begin
  }

  /** To be called before the capture's own. Returns a promise when the writing has to catch up. */
  push(bytes: Uint8Array): void | Promise<void> {
    if (this.#isBegun) return this.#add(bytes)
    if (this.#capture.totalBytes + bytes.length <= this.#threshold) return undefined
    this.#isBegun = true
    const before = this.#add(this.#capture.bytes())
    return this.#add(bytes) ?? before
  }

  /** Hands over the rest. @returns all of the output where there was no need of a file, or null */
  end(): Buffer | null {
    if (!this.#isBegun) return this.#capture.bytes()
    const rest = this.#block?.subarray(0, this.#filled) ?? new Uint8Array()
    this.#block = null
    if (this.#file === undefined) return Buffer.from(rest)
    void this.#file?.push(rest)
    return null
  }

  #add(bytes: Uint8Array): void | Promise<void> {
    let waiting: void | Promise<void> = undefined
    for (let at = 0; at < bytes.length && this.#isOpen();) {
      this.#block ??= new Uint8Array(BLOCK)
      const taken = Math.min(bytes.length - at, BLOCK - this.#filled)
      this.#block.set(bytes.subarray(at, at + taken), this.#filled)
      this.#filled += taken
      at += taken
      if (this.#filled === BLOCK) waiting = this.#handOver(this.#block) ?? waiting
    }
    return waiting
  }

  #isOpen(): boolean {
    return this.#file === undefined || this.#file?.isFull === false
  }

  #handOver(block: Uint8Array<ArrayBuffer>): void | Promise<void> {
    this.#block = null
    this.#filled = 0
    if (this.#file === undefined) this.#file = this.#begin()
    return this.#file?.push(block)
  }
}
