/** Log files of supervised processes: the child appends, their size is limited, the end can be read. */
import { closeSync, ftruncateSync, openSync } from 'node:fs'
import { copyFile, mkdir, open, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

const MAX_BYTES = 8 * 1_048_576
const CHECK_MS = 5_000

export interface LogFile {
  /** Descriptor for stdout and stderr of the child. */
  readonly fd: number
  close(): void
}

/** Opens a log for appending. Above 8 MiB its content moves to `<path>.1`. */
export async function openLog(path: string): Promise<LogFile> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const fd = openSync(path, 'a', 0o600)
  const bound = setInterval(() => void keepBounded(path, fd), CHECK_MS)
  bound.unref()
  await keepBounded(path, fd)
  return {
    fd,
    close() {
      clearInterval(bound)
      closeSync(fd)
    },
  }
}

/** The child appends, so its next write lands at the start of the emptied file. */
async function keepBounded(path: string, fd: number): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  )
  if (size <= MAX_BYTES) return
  // If the disk is too full for the copy, emptying the file matters even more.
  await copyFile(path, `${path}.1`).catch(() => undefined)
  ftruncateSync(fd)
}

/** Size in bytes, 0 without a file; an offset for `readLog`. */
export async function logSize(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  )
}

/** The text after the offset `mark`, at most its last `maxBytes` bytes. */
export async function readLog(path: string, mark: number, maxBytes = 65_536): Promise<string> {
  const file = await openIfExists(path)
  if (file === null) return ''
  try {
    const { size } = await file.stat()
    const from = Math.max(size < mark ? 0 : mark, size - maxBytes)
    if (size <= from) return ''
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(size - from), position: from })
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

async function openIfExists(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** The last `count` non-empty lines, without control characters, each at most 300 characters. */
export function lastLines(text: string, count: number): string[] {
  return text
    .split('\n')
    .map((line) => line.replaceAll(/\p{Cc}+/gu, ' ').trim())
    .filter((line) => line !== '')
    .slice(-count)
    .map((line) => (line.length > 300 ? `${line.slice(0, 299)}…` : line))
}
