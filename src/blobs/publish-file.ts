/** Gives a finished file its name, durably and without overwriting. */
import { link, mkdir, open, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { hasErrno } from './disk-errors.ts'

/** 'present' where the name exists, whose file stays. The draft may stay behind. */
export async function publishFile(draft: string, path: string): Promise<'created' | 'present'> {
  const firstMade = await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  try {
    await link(draft, path)
  } catch (error) {
    if (hasErrno(error, 'EEXIST')) return 'present'
    if (!hasErrno(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error
    if (!(await renameWithoutLinks(draft, path))) return 'present'
  }
  await syncDirectories(dirname(path), firstMade === undefined ? dirname(path) : dirname(firstMade))
  return 'created'
}

/** For file systems without links: two writers may race, and both have the same content. */
async function renameWithoutLinks(draft: string, path: string): Promise<boolean> {
  if ((await stat(path).catch(() => null)) !== null) return false
  await rename(draft, path)
  return true
}

/** The directory and those above it up to `last`: a new name is durable once its directory is. */
async function syncDirectories(first: string, last: string): Promise<void> {
  for (let directory = first; ; directory = dirname(directory)) {
    const opened = await open(directory, 'r')
    try {
      await opened.sync()
    } finally {
      await opened.close()
    }
    if (directory === last || directory === dirname(directory)) return
  }
}
