/** What passes through a stream is counted, and its errors are translated. */
import { Readable, Transform, type TransformCallback } from 'node:stream'
import { BlobRefusedError } from '../errors.ts'
import type { PutOptions, ShortLived } from './blob-store.ts'

/**
 * Passes `bytes` bytes on, or all where that is not known.
 * @throws {BlobRefusedError} where there are fewer or more
 */
export async function* exactly(
  pieces: AsyncIterable<Uint8Array>,
  { bytes, signal }: PutOptions,
): AsyncGenerator<Uint8Array> {
  let seen = 0
  for await (const piece of pieces) {
    signal?.throwIfAborted()
    seen += piece.length
    if (bytes !== undefined && seen > bytes) throw tooMany(bytes)
    yield piece
  }
  if (bytes !== undefined && seen < bytes) throw tooFew(seen, bytes)
}

/** A stream of copies, for who holds pieces for longer. */
export function copiesOf(pieces: ShortLived): Readable {
  const copies = async function* copies() {
    for await (const piece of pieces) yield Buffer.from(piece)
  }
  return Readable.from(copies(), { objectMode: false })
}

/**
 * The `bytes` bytes of `body`, with `translate(error)` in place of an error; whoever closes it closes `body`.
 * Fewer or more bytes fail with a BlobRefusedError.
 */
export function checkedBody(body: Readable, bytes: number, translate: (error: unknown) => Error): Readable {
  let seen = 0
  const passed = new Transform({
    highWaterMark: body.readableHighWaterMark,
    transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) {
      seen += chunk.length
      done(seen > bytes ? tooMany(bytes) : null, chunk)
    },
    flush(done: TransformCallback) {
      done(seen < bytes ? tooFew(seen, bytes) : null)
    },
  })
  body.once('error', (error) => passed.destroy(translate(error)))
  body.once('close', () => {
    if (!body.readableEnded) passed.destroy(translate(new Error('the connection was closed')))
  })
  passed.once('close', () => body.destroy())
  return body.pipe(passed)
}

function tooMany(bytes: number): BlobRefusedError {
  return new BlobRefusedError(`the source gives more than ${bytes} bytes`)
}

function tooFew(seen: number, bytes: number): BlobRefusedError {
  return new BlobRefusedError(`the source gives ${seen} of ${bytes} bytes`)
}

/** The part of a web stream that is used; the dashboard's types know another ReadableStream than Node's. */
interface WebStream {
  getReader(): {
    read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>
    cancel(): Promise<void>
  }
}

/** Bytes of a web stream; closing it cancels the stream. */
export function fromWeb(stream: WebStream): Readable {
  const reader = stream.getReader()
  const body = new Readable({
    read() {
      reader.read().then(
        ({ done, value }) => this.push(done ? null : value),
        (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
      )
    },
  })
  body.once('close', () => void reader.cancel().catch(() => undefined))
  return body
}
