/** Where answers wait for their clients: beside the data, for they may be large and their clients slow. */
import { mkdir, open, readFile, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { Answer } from './connection.ts'

/** Up to here an answer is taken into memory, so that the file and its place are free at once. */
const WHOLE_BYTES = 65_536
const PIECE_BYTES = 65_536

export interface AnswerFiles {
  /** Has `write` fill a file and hands what is in it to `send`; the file is gone when this ends. */
  withAnswer(
    write: (path: string) => Promise<Answer>,
    send: (answer: Answer, rest: AsyncIterable<Uint8Array> | null) => Promise<void>,
  ): Promise<void>
}

/** Opens the directory of this process's answers, empty. One process has `dataDir` open. */
export async function openAnswerFiles(dataDir: string): Promise<AnswerFiles> {
  const directory = join(dataDir, 'exectrail-answers')
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { mode: 0o700 })
  let files = 0
  return {
    async withAnswer(write, send) {
      files += 1
      const path = join(directory, String(files))
      try {
        const answer = await write(path)
        await using file = await open(path)
        const { size } = await file.stat()
        if (size <= WHOLE_BYTES) await send({ ...answer, bytes: await readFile(path) }, null)
        else await send(answer, piecesOf(file))
      } finally {
        await rm(path, { force: true })
      }
    },
  }
}

async function* piecesOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  for (;;) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(PIECE_BYTES), 0, PIECE_BYTES)
    if (bytesRead === 0) return
    yield buffer.subarray(0, bytesRead)
  }
}
