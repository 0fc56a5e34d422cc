/** The files of the persistent queues: a broken one is set aside, so that the Collector starts again. */
import { open, readdir, rename, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

/** bbolt's page header before its meta block, and the layout of that block. */
const PAGE_HEADER_BYTES = 16
const META_BYTES = 64
const CHECKSUM_AT = 56
const MAGIC = 0xed0cdaed
const VERSION = 2
const PAGE_SIZES = [1024, 2048, 4096, 8192, 16_384, 32_768, 65_536]

interface Meta {
  pageSize: number
  /** Pages the file holds; the end of what was ever written. */
  pages: bigint
  transaction: bigint
}

/**
 * Renames each queue file in `directory` whose header is broken or whose end is missing to `<name>.<time>.backup`.
 * The Collector itself recovers from most other damage, but not from these.
 * @returns one sentence per file, for a person.
 */
export async function setAsideBroken(directory: string): Promise<string[]> {
  const said: string[] = []
  for (const name of await listQueues(directory)) {
    const path = join(directory, name)
    const fault = await findFault(path)
    if (fault === null) continue
    const aside = `${path}.${new Date().toISOString().replaceAll(/[-:]/gu, '')}.backup`
    await rename(path, aside)
    said.push(`the queue file ${path} is corrupt (${fault}); it was set aside as ${aside}`)
  }
  return said
}

/** Names of what was set aside in `directory` so far, by exectrail or by the Collector. */
export async function listBackups(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => [])
  return names.filter((name) => name.endsWith('.backup'))
}

async function listQueues(directory: string): Promise<string[]> {
  const names = await readdir(directory).catch(() => [])
  return names.filter((name) => name.startsWith('exporter_') && !name.endsWith('.backup'))
}

/** Why the file cannot be opened as a queue; null when it can, or when it is empty and so begins anew. */
async function findFault(path: string): Promise<string | null> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    if (size === 0) return null
    const metas = await readMetas(file)
    const newest = metas.sort((a, b) => Number(b.transaction - a.transaction))[0]
    if (newest === undefined) return 'its header is broken'
    const needs = newest.pages * BigInt(newest.pageSize)
    return BigInt(size) < needs ? `it ends at byte ${size}, but holds ${needs}` : null
  } finally {
    await file.close()
  }
}

async function readMetas(file: FileHandle): Promise<Meta[]> {
  const metas: Meta[] = []
  for (const at of [0, ...PAGE_SIZES]) {
    const buffer = Buffer.alloc(META_BYTES)
    const { bytesRead } = await file.read(buffer, 0, META_BYTES, at + PAGE_HEADER_BYTES)
    const meta = bytesRead === META_BYTES ? parseMeta(buffer) : null
    if (meta !== null && (at === 0 || at === meta.pageSize)) metas.push(meta)
  }
  return metas
}

function parseMeta(bytes: Buffer): Meta | null {
  const valid =
    bytes.readUInt32LE(0) === MAGIC &&
    bytes.readUInt32LE(4) === VERSION &&
    bytes.readBigUInt64LE(CHECKSUM_AT) === fnv1a(bytes.subarray(0, CHECKSUM_AT))
  if (!valid) return null
  return {
    pageSize: bytes.readUInt32LE(8),
    pages: bytes.readBigUInt64LE(40),
    transaction: bytes.readBigUInt64LE(48),
  }
}

/** FNV-1a, 64 bits. */
function fnv1a(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash
}
