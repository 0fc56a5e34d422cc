import { closeSync, fsyncSync, openSync } from 'node:fs'

/** Makes the names of new files survive power loss. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
