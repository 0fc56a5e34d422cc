/** Log files of the parts: appended to by the child itself, kept below a bound, read from the end. */
import { closeSync, ftruncateSync, openSync } from 'node:fs'
import { copyFile, mkdir, open, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

const MAX_BYTES = 8 * 1_048_576
const CHECK_MS = 5_000

export interface LogFile {
  /** Descriptor to hand to a child as stdout and stderr. */
  readonly fd: number
  close(): void
}

/** Opens a log for appending. Beyond 8 MiB what it holds moves to `<path>.1`, replacing the one before. */
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
  // A disk too full for the copy is the very moment to empty the file all the same.
  await copyFile(path, `${path}.1`).catch(() => undefined)
  ftruncateSync(fd)
}

/** Size of the file in bytes, 0 where there is none; a mark for `readLog`. */
export async function logSize(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  )
}

/** What was written after `mark` (bytes), at most the last `maxBytes`; '' when nothing. */
export async function readLog(path: string, mark: number, maxBytes = 65_536): Promise<string> {
  const file = await openUnlessGone(path)
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

async function openUnlessGone(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** The last `count` lines that hold text, without control characters, each at most 300 characters. */
export function lastLines(text: string, count: number): string[] {
  return text
    .split('\n')
    .map((line) => line.replaceAll(/\p{Cc}+/gu, ' ').trim())
    .filter((line) => line !== '')
    .slice(-count)
    .map((line) => (line.length > 300 ? `${line.slice(0, 299)}…` : line))
}
