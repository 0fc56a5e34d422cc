/** Reads exact lengths from bytes that come in pieces. */

export interface ByteReader {
  /** So many bytes; null at the end. @throws {RangeError} for an end in between */
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
