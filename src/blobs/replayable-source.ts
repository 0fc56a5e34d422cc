/** Slices of a source for an upload that may have to go back: it holds one chunk, and reads again from the start. */
import type { Readable } from 'node:stream'
import { BlobRefusedError } from '../errors.ts'

export class ReplayableSource {
  /** For the client of TUS. */
  readonly size: number
  readonly #open: () => Readable
  #reader: { body: Readable; chunks: AsyncIterator<Buffer> } | null = null
  #held: Buffer = Buffer.alloc(0)
  /** Position of the first held byte. */
  #heldAt = 0

  /** @param open gives the same `size` bytes each time */
  constructor(open: () => Readable, size: number) {
    this.#open = open
    this.size = size
  }

  /** Bytes from `start` to `end`, exclusive. @throws {BlobRefusedError} where the source has another size */
  async slice(start: number, end: number): Promise<{ value: Buffer & { size: number }; done: boolean }> {
    const to = Math.min(end, this.size)
    if (this.#reader === null || start < this.#heldAt) this.#restart()
    await this.#readTo(start, to)
    const value = this.#held.subarray(start - this.#heldAt, to - this.#heldAt)
    return { value: Object.assign(value, { size: value.length }), done: to === this.size }
  }

  close(): void {
    this.#reader?.body.destroy()
    this.#reader = null
  }

  #restart(): void {
    this.close()
    const body = this.#open()
    this.#reader = { body, chunks: body[Symbol.asyncIterator]() }
    this.#held = Buffer.alloc(0)
    this.#heldAt = 0
  }

  /** Holds the bytes from `start` on. */
  async #readTo(start: number, end: number): Promise<void> {
    const pieces = [this.#held]
    let heldTo = this.#heldAt + this.#held.length
    while (heldTo < end || end === this.size) {
      const next = await this.#reader?.chunks.next()
      if (next === undefined || next.done === true) break
      pieces.push(next.value)
      heldTo += next.value.length
      while (pieces[0] !== undefined && this.#heldAt + pieces[0].length <= start) {
        this.#heldAt += pieces[0].length
        pieces.shift()
      }
      if (heldTo > this.size) throw new BlobRefusedError(`the source gives more than ${this.size} bytes`)
    }
    this.#held = Buffer.concat(pieces)
    if (heldTo < end) throw new BlobRefusedError(`the source gives ${heldTo} of ${this.size} bytes`)
    this.#dropBefore(start)
  }

  #dropBefore(start: number): void {
    const drop = Math.min(Math.max(0, start - this.#heldAt), this.#held.length)
    this.#held = this.#held.subarray(drop)
    this.#heldAt += drop
  }
}
