/** Temporary files for results: they may be large and their clients slow. They are next to the data. */
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { QueryResult } from './connection.ts'
import type { DiskSpace } from './disk-space.ts'

/** Results up to this size are read into memory, so that the file is freed at once. */
const WHOLE_BYTES = 65_536
const PIECE_BYTES = 65_536

export interface ResultFiles {
  /** Lets `write` fill a file and `send` read it; removes the file at the end. */
  withResult(
    write: (path: string) => Promise<QueryResult>,
    send: (result: QueryResult, rest: AsyncIterable<Uint8Array> | null) => Promise<void>,
  ): Promise<void>
}

/** Empties and opens the directory of results. Only one process has `dataDir` open. */
export async function openResultFiles(
  dataDir: string,
  space: Pick<DiskSpace, 'confirm'>,
): Promise<ResultFiles> {
  const directory = join(dataDir, 'exectrail-answers')
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { mode: 0o700 })
  let files = 0
  return {
    async withResult(write, send) {
      files += 1
      const path = join(directory, String(files))
      try {
        const result = await write(path)
        await space.confirm()
        await using file = await open(path)
        const { size } = await file.stat()
        if (size <= WHOLE_BYTES) await send({ ...result, bytes: await file.readFile() }, null)
        else await send(result, piecesOf(file))
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
