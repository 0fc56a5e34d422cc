/** Copies of pieces for a reply, in memory that serves again once the socket has taken them: V8's collector would be late. */
import type { ServerResponse } from 'node:http'
import type { ShortLived } from '../blobs/blob-store.ts'

type Callback = (error?: Error | null) => void

/** A copy changes after the response has written it, and not before; without a response never. */
export async function* sentCopiesOf(
  pieces: ShortLived,
  outgoing: Pick<ServerResponse, 'write'> | undefined,
): AsyncGenerator<Uint8Array> {
  const unused: Buffer[] = []
  const underWay = new Map<ArrayBufferLike, Buffer>()
  if (outgoing !== undefined)
    afterWrites(outgoing, ({ buffer }) => {
      const memory = underWay.get(buffer)
      if (memory !== undefined && underWay.delete(buffer)) unused.push(memory)
    })
  for await (const piece of pieces) {
    const memory = roomFor(piece.length, unused)
    memory.set(piece)
    if (outgoing !== undefined) underWay.set(memory.buffer, memory)
    yield memory.subarray(0, piece.length)
  }
}

function roomFor(bytes: number, unused: Buffer[]): Buffer {
  const memory = unused.pop()
  return memory !== undefined && memory.length >= bytes ? memory : Buffer.allocUnsafeSlow(bytes)
}

/** Calls back with each piece that this response, and no later one of the connection, has written. */
function afterWrites(outgoing: Pick<ServerResponse, 'write'>, written: (piece: Uint8Array) => void): void {
  const write = outgoing.write.bind(outgoing)
  outgoing.write = (piece: unknown, encoding?: BufferEncoding | Callback, callback?: Callback): boolean => {
    const [named, then] = typeof encoding === 'function' ? [undefined, encoding] : [encoding, callback]
    return write(piece, named ?? 'utf8', (error) => {
      if (piece instanceof Uint8Array && !error) written(piece)
      then?.(error)
    })
  }
}
