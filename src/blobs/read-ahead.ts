/** Reads what comes next while what came before is used. */
import type { FileHandle } from 'node:fs/promises'

const READ_BYTES = 524_288

/**
 * What `next` gives, each begun while the one before is used.
 * @param next null at the end
 * @param close called in every case, once nothing is under way
 */
export async function* readAhead<Item>(
  next: () => Promise<Item> | null,
  close: () => Promise<void>,
): AsyncGenerator<Item> {
  const begin = (): Promise<Item> | null => {
    const begun = next()
    // It may fail before it is awaited.
    begun?.catch(() => undefined)
    return begun
  }
  let underWay = begin()
  try {
    while (underWay !== null) {
      const item = await underWay
      underWay = begin()
      yield item
    }
  } finally {
    await underWay?.catch(() => undefined)
    await close()
  }
}

/**
 * Pieces of a file from `start` to `end`, exclusive, each of which changes once the next is asked for; ends early with
 * the file. Closes it. @throws file system errors
 */
export function readFile(file: FileHandle, start: number, end: number): AsyncGenerator<Buffer> {
  const size = Math.min(READ_BYTES, end - start)
  let [into, other] = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(size)]
  let at = start
  const read = async (): Promise<Buffer> => {
    const { bytesRead } = await file.read(into, 0, Math.min(size, end - at), at)
    const piece = into.subarray(0, bytesRead)
    at = bytesRead === 0 ? end : at + bytesRead
    ;[into, other] = [other, into]
    return piece
  }
  return readAhead(
    () => (at < end ? read() : null),
    () => file.close(),
  )
}
