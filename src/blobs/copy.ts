/** Copies stored objects as they are, encrypted where they are, from one store to another. */
import { ExectrailError } from '../errors.ts'
import type { BlobStore } from './blob-store.ts'

const LISTED = 500

export interface Copied {
  objects: number
  /** As they are stored. */
  bytes: number
}

/**
 * Copies every object that is there at its turn; those that the target has stay as they are, so it can be repeated.
 * @throws {BlobsUnavailableError} {BlobRefusedError}
 */
export async function copyObjects(
  from: BlobStore,
  to: BlobStore,
  progress: (done: number) => void = () => undefined,
): Promise<Copied> {
  const copied: Copied = { objects: 0, bytes: 0 }
  for await (const { key, bytes } of objectsOf(from)) {
    progress(copied.objects)
    if (!(await copyObject(key, bytes, { from, to }))) continue
    copied.objects += 1
    copied.bytes += bytes
  }
  return copied
}

/** How many objects a store has, and how large they are. */
export async function countObjects(store: BlobStore): Promise<Copied> {
  const counted: Copied = { objects: 0, bytes: 0 }
  for await (const { bytes } of objectsOf(store)) {
    counted.objects += 1
    counted.bytes += bytes
  }
  return counted
}

async function* objectsOf(store: BlobStore) {
  for (let cursor: string | undefined; ;) {
    const { objects, next } = await store.list({ cursor, limit: LISTED })
    yield* objects
    if (next === null) return
    cursor = next
  }
}

/** False for an object that was deleted meanwhile, which nothing refers to. */
async function copyObject(
  key: string,
  bytes: number,
  { from, to }: { from: BlobStore; to: BlobStore },
): Promise<boolean> {
  try {
    await to.put(key, () => read(from, key), { bytes })
    return true
  } catch (error) {
    if ((await from.head(key)) === null) return false
    throw error
  }
}

async function* read(from: BlobStore, key: string): AsyncGenerator<Uint8Array> {
  const opened = await from.open(key)
  if (opened === null) throw new ExectrailError('not_found', `${key} was deleted while it was copied`)
  yield* opened.body
}
