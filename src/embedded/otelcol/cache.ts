/** The cached Collector: put there whole or not at all, and verified before every use. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Artifact } from './artifact.ts'

const DRAFT = '.draft-'

/** SHA-256 of a file, as 64 hex digits. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/**
 * Path of the cached Collector, its checksum verified.
 * @throws Error saying that there is none, or in what way it is not what was put there.
 */
export async function findCached(artifact: Artifact): Promise<string> {
  const noted = await readFile(artifact.checksumFile, 'utf8').catch(() => null)
  if (noted === null) throw new Error('none yet')
  const expected = noted.split(' ')[0]
  const actual = await hashFile(artifact.binary).catch(() => null)
  if (actual === null) throw new Error(`${artifact.binary} is missing`)
  if (actual !== expected) throw new Error(`${artifact.binary} does not match its checksum`)
  return artifact.binary
}

/** A fresh folder to make the Collector in, on the same disk as its later place. */
export async function openDraft(artifact: Artifact): Promise<string> {
  const draft = join(artifact.shelf, `${DRAFT}${artifact.key}-${process.pid}`)
  await mkdir(draft, { recursive: true, mode: 0o700 })
  return draft
}

/** Removes what interrupted attempts left. Only the holder of the artifact's lock may call this. */
export async function sweepDrafts(artifact: Artifact): Promise<void> {
  const entries = await readdir(artifact.shelf)
  const stale = entries.filter((entry) => entry.startsWith(`${DRAFT}${artifact.key}-`))
  await Promise.all(stale.map((entry) => rm(join(artifact.shelf, entry), { recursive: true, force: true })))
}

/** Moves a finished Collector to its place, its checksum last: without one it does not count as cached. */
export async function installCollector(artifact: Artifact, made: string): Promise<string> {
  await chmod(made, 0o755)
  const checksum = await hashFile(made)
  await mkdir(artifact.directory, { recursive: true, mode: 0o700 })
  await rm(artifact.checksumFile, { force: true })
  await rename(made, artifact.binary)
  const draft = `${artifact.checksumFile}.draft`
  await writeFile(draft, `${checksum}  ${basename(artifact.binary)}\n`)
  await rename(draft, artifact.checksumFile)
  return artifact.binary
}
