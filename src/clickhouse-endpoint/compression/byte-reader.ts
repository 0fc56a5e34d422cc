/** Reads exact lengths from a stream of bytes. */

export interface ByteReader {
  /** Exactly `length` bytes; null at the end. @throws {RangeError} when the stream ends in between */
  read(length: number): Promise<Buffer | null>
}

export function readBytes(source: AsyncIterable<Uint8Array>): ByteReader {
  const iterator = source[Symbol.asyncIterator]()
  let held: Uint8Array[] = []
  let heldBytes = 0
  return {
    async read(length) {
      while (heldBytes < length) {
        const next = await iterator.next()
        if (next.done === true) break
        held.push(next.value)
        heldBytes += next.value.length
      }
      if (heldBytes === 0 && length > 0) return null
      if (heldBytes < length) throw new RangeError('the data ends in the middle of a block')
      const all = held.length === 1 && held[0] !== undefined ? held[0] : Buffer.concat(held)
      held = all.length > length ? [all.subarray(length)] : []
      heldBytes = all.length - length
      return Buffer.from(all.buffer, all.byteOffset, length)
    },
  }
}
