/** A file system of its own that a test can fill to the last byte. */
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

const MEBIBYTE = 1_048_576

export interface SmallDisk {
  /** Leaves no byte free, or so many MiB. */
  fill(leaveMebibytes?: number): void
  /** Gives the space back. */
  clear(): void
  unmount(): void
}

/** Mounts one at `directory`, which is made; null where this process may not mount. */
export function mountSmallDisk(directory: string, mebibytes: number): SmallDisk | null {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  try {
    unmountStale()
    const size = `size=${mebibytes}m,mode=0700`
    execFileSync('mount', ['-t', 'tmpfs', '-o', size, `exectrail-chaos-${process.pid}`, directory], {
      stdio: 'pipe',
    })
  } catch {
    return null
  }
  const ballast = join(directory, 'ballast')
  return {
    fill: (leave = 0) => fillUp(ballast, freeBytes(directory) - leave * MEBIBYTE),
    clear: () => rmSync(ballast, { force: true }),
    unmount: () => void execFileSync('umount', ['--lazy', directory]),
  }
}

function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory)
  return bavail * bsize
}

/** Adds so many bytes; where that is all there is, what comes free meanwhile, too. */
function fillUp(path: string, bytes: number): void {
  const fd = openSync(path, 'a', 0o600)
  const zeros = Buffer.alloc(MEBIBYTE)
  try {
    for (let left = bytes; left > 0; left -= MEBIBYTE) writeSync(fd, zeros, 0, Math.min(left, MEBIBYTE))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
  closeSync(fd)
}

/** A process that was killed could not unmount. */
function unmountStale(): void {
  for (const line of readFileSync('/proc/mounts', 'utf8').split('\n')) {
    const found = /^exectrail-chaos-(?<pid>\d+) (?<path>\S+) /u.exec(line)?.groups
    if (found?.['path'] !== undefined && !existsSync(`/proc/${found['pid']}`))
      execFileSync('umount', ['--lazy', found['path']])
  }
}
