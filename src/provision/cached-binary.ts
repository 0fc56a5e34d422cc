/** An executable in the cache: put there atomically, and verified before every use. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import writeFileAtomic from 'write-file-atomic'

/** Where an executable of one version lies. */
export interface CachedBinary {
  /** Names what it is made from; another key is another executable. */
  key: string
  /** Directory of all versions. */
  cache: string
  directory: string
  binary: string
  /** SHA-256 of `binary`, in the form `sha256sum --check` reads. */
  checksumFile: string
}

/** Names the place of `name` made from `key` below `cache`. */
export function cachedBinary(cache: string, key: string, name: string): CachedBinary {
  const directory = join(cache, key)
  const binary = join(directory, name)
  return { key, cache, directory, binary, checksumFile: `${binary}.sha256` }
}

/** SHA-256 of a file, as 64 hex digits. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/**
 * Path of the executable, its checksum verified.
 * @throws Error saying that there is none, or in what way it is not what was put there.
 */
export async function findCached({ binary, checksumFile }: CachedBinary): Promise<string> {
  const noted = await readFile(checksumFile, 'utf8').catch(() => null)
  if (noted === null) throw new Error('none yet')
  const actual = await hashFile(binary).catch(() => null)
  if (actual === null) throw new Error(`${binary} is missing`)
  if (actual !== noted.split(' ')[0]) throw new Error(`${binary} does not match its checksum`)
  return binary
}

/** Moves a finished executable to its place, its checksum last: without one it does not count as cached. */
export async function install(place: CachedBinary, made: string): Promise<string> {
  await chmod(made, 0o755)
  const checksum = await hashFile(made)
  await mkdir(place.directory, { recursive: true, mode: 0o700 })
  await rm(place.checksumFile, { force: true })
  await rename(made, place.binary)
  await writeFileAtomic(place.checksumFile, `${checksum}  ${basename(place.binary)}\n`)
  return place.binary
}
