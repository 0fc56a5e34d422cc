/** Temporary files for the rows of INSERTs: in shared memory when it has space, otherwise next to the data. */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isAlive } from './is-alive.ts'

export interface RowsFile {
  path: string
  bytes: number
  sha256: string
}

export interface Scratch {
  /** Writes a file for one INSERT and removes it when `use` ends. */
  withRows<T>(rows: AsyncIterable<Uint8Array>, use: (file: RowsFile) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const MEMORY = '/dev/shm'
const MIN_FREE_BYTES = 1_073_741_824
const PREFIX = 'exectrail-clickhouse-'

/** Creates a directory for this process and removes those of killed ones. */
export async function openScratch(dataDir: string): Promise<Scratch> {
  const root = (await freeBytes(MEMORY)) >= MIN_FREE_BYTES ? MEMORY : join(dataDir, 'exectrail-rows')
  await mkdir(root, { recursive: true, mode: 0o700 })
  await sweep(root)
  const directory = join(root, `${PREFIX}${process.pid}`)
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { mode: 0o700 })
  let files = 0
  return {
    async withRows(rows, use) {
      files += 1
      const path = join(directory, `${files}.rows`)
      try {
        return await use({ path, ...(await writeRows(rows, path)) })
      } finally {
        await rm(path, { force: true })
      }
    },
    close: () => rm(directory, { recursive: true, force: true }),
  }
}

async function writeRows(
  rows: AsyncIterable<Uint8Array>,
  path: string,
): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let bytes = 0
  const measure = async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of source) {
      bytes += piece.length
      hash.update(piece)
      yield piece
    }
  }
  await pipeline(rows, measure, createWriteStream(path, { mode: 0o600 }))
  return { bytes, sha256: hash.digest('hex') }
}

async function freeBytes(path: string): Promise<number> {
  const room = await statfs(path).catch(() => null)
  return room === null ? 0 : room.bavail * room.bsize
}

async function sweep(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length)) : Number.NaN
    if (Number.isInteger(pid) && !isAlive(pid)) await rm(join(root, name), { recursive: true, force: true })
  }
}
