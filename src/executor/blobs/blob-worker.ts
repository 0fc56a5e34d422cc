/** A worker thread that masks, hashes and writes long content, so that the event loop goes on. */
import { parentPort } from 'node:worker_threads'
import { BlobFile, type BlobFileOptions, type WrittenBlob } from './blob-file.ts'

/** To the worker: one file has one id. */
export type WriteOrder = { id: number } & (
  | ({ do: 'begin' } & BlobFileOptions)
  | { do: 'push'; bytes: Uint8Array }
  | { do: 'end' }
  | { do: 'abort' }
)

/** From the worker. `grown` follows each push, also one that fails. */
export type WriteAnswer = { id: number } & (
  | { is: 'grown'; taken: number; bytes: number; isFull: boolean }
  | ({ is: 'done' } & WrittenBlob)
  | { is: 'failed'; why: string }
)

const files = new Map<number, BlobFile>()

function follow(order: WriteOrder): WriteAnswer | null {
  const { id } = order
  if (order.do === 'begin') {
    files.set(id, new BlobFile(order))
    return null
  }
  const file = files.get(id)
  if (order.do === 'push') {
    file?.push(order.bytes)
    return {
      id,
      is: 'grown',
      taken: order.bytes.length,
      bytes: file?.bytes ?? 0,
      isFull: file?.isFull ?? true,
    }
  }
  files.delete(id)
  if (order.do === 'abort') file?.remove()
  return order.do === 'end' && file !== undefined ? { id, is: 'done', ...file.end() } : null
}

function answerTo(order: WriteOrder): readonly (WriteAnswer | null)[] {
  try {
    return [follow(order)]
  } catch (error) {
    files.get(order.id)?.remove()
    files.delete(order.id)
    const failed: WriteAnswer = { id: order.id, is: 'failed', why: String(error) }
    if (order.do !== 'push') return [failed]
    return [{ id: order.id, is: 'grown', taken: order.bytes.length, bytes: 0, isFull: true }, failed]
  }
}

parentPort?.on('message', (order: WriteOrder) => {
  for (const answer of answerTo(order)) {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- this is the port of a thread, not of a window
    if (answer !== null) parentPort?.postMessage(answer)
  }
})
