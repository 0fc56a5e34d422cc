/**
 * Tells whether a bbolt file, the form of the Collector's queues, is whole. bbolt checks the same while it opens
 * one, but ends the whole Collector over what it finds.
 */
import { open, type FileHandle } from 'node:fs/promises'

const HEADER_BYTES = 16
const ELEMENT_BYTES = 16
const META_BYTES = 64
const CHECKSUM_AT = 56
const MAGIC = 0xed0cdaed
const VERSION = 2
const PAGE_SIZES = [1024, 2048, 4096, 8192, 16_384, 32_768, 65_536]
const BRANCH = 1
const LEAF = 2
/** Flag of a leaf element that is a bucket. */
const BUCKET = 1

interface Meta {
  pageSize: number
  root: number
  /** Pages the file holds; the end of what was ever written. */
  pages: number
  transaction: bigint
}

class Damage extends Error {}

/** What is wrong with the file, in a few words; null when it is intact, or empty, which is a fresh start. */
export async function findCorruption(path: string): Promise<string | null> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    if (size === 0) return null
    const metas = await readMetas(file)
    const newest = metas.sort((a, b) => Number(b.transaction - a.transaction))[0]
    if (newest === undefined) return 'its header is broken'
    const needs = newest.pages * newest.pageSize
    if (size < needs) return `it ends at byte ${size}, but holds ${needs}`
    await new Tree(file, newest).check(newest.root, null, null)
    return null
  } catch (error) {
    if (error instanceof Damage) return error.message
    throw error
  } finally {
    await file.close()
  }
}

async function readMetas(file: FileHandle): Promise<Meta[]> {
  const metas: Meta[] = []
  for (const at of [0, ...PAGE_SIZES]) {
    const buffer = Buffer.alloc(META_BYTES)
    const { bytesRead } = await file.read(buffer, 0, META_BYTES, at + HEADER_BYTES)
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
    root: numberAt(bytes, 16),
    pages: numberAt(bytes, 40),
    transaction: bytes.readBigUInt64LE(48),
  }
}

/** FNV-1a, 64 bits. */
function fnv1a(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  return hash
}

function numberAt(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at))
}

interface Page {
  id: number
  leaf: boolean
  count: number
  /** Its first bytes, with every element in it; long values are not read. */
  head: Buffer
  bytes: number
}

/** Every page that can be reached: of a known kind, inside the file, referred to once, its keys in order. */
class Tree {
  readonly #file: FileHandle
  readonly #meta: Meta
  readonly #seen = new Set<number>()

  constructor(file: FileHandle, meta: Meta) {
    this.#file = file
    this.#meta = meta
  }

  /** Keys of the subtree are ≥ `least` and < `beyond`. */
  async check(id: number, least: Buffer | null, beyond: Buffer | null): Promise<void> {
    const page = await this.#open(id)
    const keys: Buffer[] = []
    for (let index = 0; index < page.count; index += 1) {
      const key = await this.#key(page, index)
      const previous = keys.at(-1)
      const ordered =
        (previous === undefined || previous.compare(key) < 0) &&
        (previous !== undefined || least === null || least.compare(key) <= 0) &&
        (beyond === null || key.compare(beyond) < 0)
      if (!ordered) throw new Damage(`the keys of page ${id} are out of order`)
      keys.push(key)
    }
    for (let index = 0; index < page.count; index += 1) {
      const element = elementOf(page, index)
      if (!page.leaf) await this.check(numberAt(element, 8), keys[index] ?? null, keys[index + 1] ?? beyond)
      else if ((element.readUInt32LE(0) & BUCKET) !== 0) await this.#checkBucket(page, index)
    }
  }

  async #checkBucket(page: Page, index: number): Promise<void> {
    const element = elementOf(page, index)
    const valueAt = element.readUInt32LE(4) + element.readUInt32LE(8)
    const root = numberAt(await this.#slice(page, index, valueAt, HEADER_BYTES), 0)
    // 0: a small bucket inside its element.
    if (root !== 0) await this.check(root, null, null)
  }

  async #open(id: number): Promise<Page> {
    const { pageSize, pages } = this.#meta
    if (id < 2 || id >= pages) throw new Damage(`page ${id} is outside the file`)
    const at = id * pageSize
    const header = await this.#read(at, HEADER_BYTES)
    const flags = header.readUInt16LE(8)
    const count = header.readUInt16LE(10)
    const overflow = header.readUInt32LE(12)
    const known = numberAt(header, 0) === id && (flags === BRANCH || flags === LEAF)
    if (!known) throw new Damage(`page ${id} is not a page of a tree`)
    if (id + overflow >= pages) throw new Damage(`page ${id} reaches outside`)
    for (let part = id; part <= id + overflow; part += 1) {
      if (this.#seen.has(part)) throw new Damage(`page ${part} is used twice`)
      this.#seen.add(part)
    }
    const bytes = (overflow + 1) * pageSize
    const elements = HEADER_BYTES + count * ELEMENT_BYTES
    if (elements > bytes) throw new Damage(`page ${id} holds too much`)
    const head = await this.#read(at, Math.min(bytes, Math.max(pageSize, elements)))
    return { id, leaf: flags === LEAF, count, head, bytes }
  }

  /** Branch elements begin with position and size of the key; leaf elements have their flags before these. */
  #key(page: Page, index: number): Promise<Buffer> {
    const element = elementOf(page, index)
    const from = page.leaf ? 4 : 0
    return this.#slice(page, index, element.readUInt32LE(from), element.readUInt32LE(from + 4))
  }

  /** Bytes at a position counted from the element. */
  #slice(page: Page, index: number, position: number, length: number): Promise<Buffer> {
    const at = HEADER_BYTES + index * ELEMENT_BYTES + position
    if (at + length > page.bytes) throw new Damage(`an entry of page ${page.id} reaches outside`)
    if (at + length <= page.head.length) return Promise.resolve(page.head.subarray(at, at + length))
    return this.#read(page.id * this.#meta.pageSize + at, length)
  }

  async #read(at: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length)
    const { bytesRead } = await this.#file.read(buffer, 0, length, at)
    if (bytesRead < length) throw new Damage(`it ends before byte ${at + length}`)
    return buffer
  }
}

function elementOf(page: Page, index: number): Buffer {
  const at = HEADER_BYTES + index * ELEMENT_BYTES
  return page.head.subarray(at, at + ELEMENT_BYTES)
}
