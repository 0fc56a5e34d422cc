/** Which Bacalhau node is wanted and where this user's copy of it lies. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { cachedBinary, type CachedBinary } from '../cached-binary.ts'

/** The Go module that names the release, and the changes made to it. */
export const MODULE_DIRECTORY = join(import.meta.dirname, '../../../tools/bacalhau')
export const BACALHAU_MODULE = 'github.com/bacalhau-project/bacalhau'
export const BACALHAU_VERSION = '1.9.3'

/** `exectrail`: the release with the changes of `tools/bacalhau/patches.json`; `stock`: as it is released. */
export type NodeVariant = 'exectrail' | 'stock'

const patchList = z.array(z.object({ file: z.string(), find: z.string(), replace: z.string() }))

export interface Patches {
  edits: z.infer<typeof patchList>
  /** Files laid beside the release's own, by their path in it. */
  additions: ReadonlyMap<string, string>
}

export interface NodeArtifact extends CachedBinary {
  variant: NodeVariant
  patches: Patches
}

/** Names the node that `tools/bacalhau` describes, under `cacheDir`. */
export async function describeNode(cacheDir: string, variant: NodeVariant): Promise<NodeArtifact> {
  const patches = await readPatches()
  const sources = [
    await readFile(join(MODULE_DIRECTORY, 'go.mod')),
    await readFile(join(MODULE_DIRECTORY, 'go.sum')),
    ...(variant === 'stock' ? [] : [JSON.stringify([patches.edits, [...patches.additions]])]),
  ]
  const hash = createHash('sha256')
  for (const source of sources) hash.update(source).update('\0')
  const key = `${BACALHAU_VERSION}-${variant}-${hash.digest('hex').slice(0, 16)}`
  return { variant, patches, ...cachedBinary(join(cacheDir, 'bacalhau'), key, 'bacalhau') }
}

async function readPatches(): Promise<Patches> {
  const directory = join(MODULE_DIRECTORY, '_patch')
  const edits = patchList.parse(
    JSON.parse(await readFile(join(MODULE_DIRECTORY, 'patches.json'), 'utf8')) as unknown,
  )
  const names = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith('.go'))
  const additions = new Map<string, string>()
  for (const name of names.toSorted()) additions.set(name, await readFile(join(directory, name), 'utf8'))
  return { edits, additions }
}
