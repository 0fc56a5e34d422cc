/** SHA-256 of content that passes by: of short content in this thread, of long content in another, beside all other work. */
import { createHash } from 'node:crypto'
import type { Pieces } from '../pieces.ts'
import { HashThread } from './hash-thread.ts'

/** Content of this size is hashed in 20 ms, which is about what a thread takes to start. */
const LONG_BYTES = 33_554_432

export interface ContentHash {
  /** What comes next; the pieces may be used again once it resolves. */
  update(pieces: Pieces): Promise<void>
  /** Of all of it, in hexadecimal. To be called once. */
  digest(): Promise<string>
  /** Ends it; to be called in every case, also after `digest`. */
  close(): void
}

/** @param bytes about as many are expected */
export function hashContent(bytes: number): ContentHash {
  const thread = bytes < LONG_BYTES ? null : threadOfProcess()
  return thread === null ? hashHere() : hashInThread(thread)
}

let running: HashThread | null = null
/** Where a thread does not run, content is hashed without one. */
let isUnable = false

function threadOfProcess(): HashThread | null {
  if (isUnable) return null
  running ??= new HashThread((failure) => {
    running = null
    isUnable = failure !== null
  })
  return running
}

function hashHere(): ContentHash {
  const hash = createHash('sha256')
  return {
    update(pieces) {
      for (const piece of pieces) hash.update(piece)
      return Promise.resolve()
    },
    digest: () => Promise.resolve(hash.digest('hex')),
    close: () => undefined,
  }
}

function hashInThread(thread: HashThread): ContentHash {
  const id = thread.begin()
  let last: Promise<void> = Promise.resolve()
  const inTurn = async (before: Promise<void>, pieces: Pieces) => {
    await before
    for (const piece of pieces) await thread.update(id, piece)
  }
  return {
    update(pieces) {
      last = inTurn(last, pieces)
      return last
    },
    digest: async () => {
      await last
      return thread.digest(id)
    },
    close: () => {
      thread.drop(id)
    },
  }
}
