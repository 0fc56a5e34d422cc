/** The files of a directory's objects, and their order. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { checkBlobKey, isBlobKey } from './blob-key.ts'
import type { StoredBlob } from './blob-store.ts'
import { hasErrno } from './disk-errors.ts'

/** @throws {BlobRefusedError} for what is no key, so that no path leaves the directory */
export function objectPath(root: string, key: string): string {
  checkBlobKey(key)
  const [organization = '', sha256 = ''] = key.split('/')
  return join(root, organization, sha256.slice(0, 2), sha256)
}

/** Those after `after` in order of their keys; what is not an object's file is left out. */
export async function objectsAfter(root: string, after: string, limit: number): Promise<StoredBlob[]> {
  const found: StoredBlob[] = []
  for (const organization of await namesIn(root, /^[0-9a-f]{64}$/u)) {
    if (organization < after.slice(0, 64)) continue
    for (const start of await namesIn(join(root, organization), /^[0-9a-f]{2}$/u)) {
      if (`${organization}/${start}` < after.slice(0, 67)) continue
      for (const sha256 of await namesIn(join(root, organization, start), /^[0-9a-f]{64}$/u)) {
        if (found.length >= limit) return found
        const key = `${organization}/${sha256}`
        const object = key > after && sha256.startsWith(start) ? await objectOf(root, key) : null
        if (object !== null) found.push(object)
      }
    }
  }
  return found
}

async function objectOf(root: string, key: string): Promise<StoredBlob | null> {
  if (!isBlobKey(key)) return null
  const found = await stat(objectPath(root, key)).catch(() => null)
  return found?.isFile() === true ? { key, bytes: found.size } : null
}

async function namesIn(directory: string, pattern: RegExp): Promise<string[]> {
  try {
    return (await readdir(directory)).filter((name) => pattern.test(name)).toSorted()
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return []
    throw error
  }
}
