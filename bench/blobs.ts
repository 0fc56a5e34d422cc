/**
 * How fast content goes into a directory of blobs and back, beside a plain copy of the same bytes to the same disk, and
 * what memory it takes; then over HTTP to a reader in a process of its own. `npm run bench blobs [GB]`, 10 by default, once of random bytes and once of text; each part of a
 * gigabyte is an object of its own so that three gigabytes of disk are enough. The fastest of each stands for all: what
 * else the machine does meanwhile slows some more than others.
 */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Hono } from 'hono'
import { sendContent } from '../src/api/content-reply.ts'
import type { ApiEnv } from '../src/api/context.ts'
import { serve } from '../src/api/server.ts'
import { FileSource } from '../src/blobs/content-source.ts'
import { DirectoryBlobStore } from '../src/blobs/directory-store.ts'
import { keyringOf } from '../src/blobs/format/keyring.ts'
import { FRAME_BYTES } from '../src/blobs/format/layout.ts'
import { openBlob, storeBlob } from '../src/blobs/objects.ts'
import type { OpenedContent } from '../src/service/open-content.ts'
import { printFigures, type Figure } from './figures.ts'
import { temporaryHome } from './support/home.ts'

const GIGABYTES = Number(process.argv[2] ?? 10)
const PART_BYTES = 1e9
const CHUNK_BYTES = 262_144
const SAMPLE_MS = 10
const MIB = 1_048_576

using home = temporaryHome('blobs-')
const original = join(home.path, 'original')
const copy = join(home.path, 'copy')

type Content = 'random' | 'text'

interface Timed {
  tookMs: number
  /** Of the process, beyond its start. */
  peakBytes: number
}

const base = process.memoryUsage.rss()

async function time(work: () => Promise<unknown>): Promise<Timed> {
  let peak = 0
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, SAMPLE_MS)
  const since = performance.now()
  await work()
  clearInterval(sampling)
  return { tookMs: performance.now() - since, peakBytes: Math.max(0, peak - base) }
}

const run = promisify(execFile)

/** Runs a program beside this one and gives what it prints. */
async function runBeside(program: string, ...args: readonly string[]): Promise<string> {
  return (await run(process.execPath, [join(import.meta.dirname, 'support', program), ...args])).stdout
}

/** Writes the file and gives its sha256. */
const makePart = (content: Content): Promise<string> =>
  runBeside('blob-content.ts', content, original, String(PART_BYTES))

/** How long a copy to the disk takes, ms. */
async function copyPlainly(pieceBytes: number): Promise<number> {
  const tookMs = await runBeside('plain-copy.ts', original, copy, String(pieceBytes))
  await rm(copy)
  return Number(tookMs)
}

interface Sizes {
  /** Most resident memory beyond the start, bytes: of both ways, and over HTTP. */
  peak: number
  http: number
  stored: number
}

/** What each part took, ms. */
interface Took {
  http: number[]
  copy: number[]
  /** The same copy, in pieces as large as frames. */
  large: number[]
  put: number[]
  back: number[]
}

async function measure(kind: string, content: Content, keys: readonly Buffer[]): Promise<Figure[]> {
  const took: Took = { copy: [], large: [], put: [], back: [], http: [] }
  const sizes: Sizes = { peak: 0, http: 0, stored: 0 }
  for (let part = 0; part < GIGABYTES; part++) {
    const directory = join(home.path, 'blobs')
    await mkdir(directory)
    const place = { store: new DirectoryBlobStore(directory), keyring: keyringOf(keys) }
    const name = { organizationId: 'bench', sha256: await makePart(content) }
    took.copy.push(await copyPlainly(CHUNK_BYTES))
    const put = await time(async () => {
      sizes.stored += (
        await storeBlob(place, name, {
          bytes: (await stat(original)).size,
          content: () => new FileSource(original),
        })
      ).storedBytes
    })
    took.copy.push(await copyPlainly(CHUNK_BYTES))
    took.large.push(await copyPlainly(FRAME_BYTES))
    const opened = await openBlob(place, name)
    if (opened === null) throw new Error('the object is not there')
    const back = await time(() => writeFile(copy, opened.read(), { flush: true }))
    const http = await time(() => readOverHttp({ ...opened, sha256: name.sha256 }))
    took.http.push(http.tookMs)
    sizes.http = Math.max(sizes.http, http.peakBytes)
    took.put.push(put.tookMs)
    took.back.push(back.tookMs)
    sizes.peak = Math.max(sizes.peak, put.peakBytes, back.peakBytes)
    for (const used of [directory, copy]) await rm(used, { recursive: true })
  }
  return figuresOf(kind, took, sizes)
}

/** Serves it as the API does to a reader that drops it. */
async function readOverHttp(content: OpenedContent): Promise<void> {
  const file = { name: 'content', type: 'application/octet-stream', disposition: 'attachment' } as const
  const app = new Hono<ApiEnv>().get('/', (c) => sendContent(c, content, { file, log: console.error }))
  const listening = await serve(app, { port: 0 })
  const read = Number(await runBeside('drain-http.ts', listening.url))
  await listening.close()
  if (read !== content.bytes) throw new Error(`${read} of ${content.bytes} bytes came over HTTP`)
}

const speed = (name: string, took: readonly number[]): Figure => ({
  name,
  value: PART_BYTES / Math.min(...took) / 1000,
  unit: 'MB/s',
})
const share = (name: string, took: readonly number[], beside: readonly number[]): Figure => ({
  name,
  value: (100 * Math.min(...beside)) / Math.min(...took),
  unit: '%',
  target: { atLeast: 60 },
})

function figuresOf(kind: string, took: Took, sizes: Sizes): Figure[] {
  const { peak, http, stored } = sizes
  return [
    speed(`${kind}: plain copy`, took.copy),
    speed(`${kind}: plain copy in pieces of ${FRAME_BYTES / 1024} KiB`, took.large),
    speed(`${kind}: put`, took.put),
    share(`${kind}: put, of the speed of a plain copy`, took.put, took.copy),
    speed(`${kind}: back`, took.back),
    share(`${kind}: back, of the speed of a plain copy`, took.back, took.copy),
    speed(`${kind}: over HTTP`, took.http),
    { name: `${kind}: stored, of its size`, value: (100 * stored) / (GIGABYTES * PART_BYTES), unit: '%' },
    {
      name: `${kind}: peak of resident memory beyond that at the start`,
      value: peak / MIB,
      unit: 'MiB',
      target: { atMost: 100 },
    },
    {
      name: `${kind}: the same, over HTTP`,
      value: http / MIB,
      unit: 'MiB',
      target: { atMost: 95 },
    },
  ]
}

printFigures(await measure('random bytes', 'random', []))
printFigures(await measure('random bytes, encrypted', 'random', [randomBytes(32)]))
printFigures(await measure('text', 'text', []))
