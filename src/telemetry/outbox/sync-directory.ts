import { closeSync, fsyncSync, openSync } from 'node:fs'

/**
 * When entries are made to survive power loss, too: never (they survive only the end of the process), with
 * every entry, or every so many ms.
 */
export type Fsync = 'never' | 'each' | { everyMs: number }

/** Makes the names of new files survive power loss. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
