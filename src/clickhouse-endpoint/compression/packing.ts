/** How an answer is packed: ClickHouse's blocks where `compress=1` asks for them, HTTP's encodings where the client takes one. */
import type { IncomingHttpHeaders } from 'node:http'
import { Readable, type Transform } from 'node:stream'
import { constants, createBrotliCompress, createDeflate, createGzip, createZstdCompress } from 'node:zlib'
import { packBlocks } from './blocks.ts'
import { packFrame } from './lz4.ts'

export interface Packing {
  /** Value of Content-Encoding; null where the bytes go as they are. */
  encoding: string | null
  /** Whether the bytes lie in blocks of ClickHouse's own. */
  inBlocks: boolean
  pack(pieces: AsyncIterable<Uint8Array>): Readable
  /** A further stage behind `pack`, made anew for each answer. */
  encoder(): Transform | null
}

interface Asked {
  /** `compress=1`. */
  compress: boolean
  /** `enable_http_compression=1`; without it no encoding is used, as with ClickHouse. */
  httpCompression: boolean
  /** `http_zlib_compression_level`; null leaves it to us. */
  level: number | null
}

/** The best first, in ClickHouse's order. */
const ENCODERS: readonly (readonly [string, (level: number | null) => Transform | null])[] = [
  ['zstd', (level) => createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: level ?? 1 } })],
  ['br', (level) => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: level ?? 1 } })],
  // Packed by `pack`.
  ['lz4', () => null],
  ['gzip', (level) => createGzip({ level: level ?? constants.Z_BEST_SPEED })],
  ['deflate', (level) => createDeflate({ level: level ?? constants.Z_BEST_SPEED })],
]

export function choosePacking(headers: IncomingHttpHeaders, asked: Asked): Packing {
  const taken = asked.httpCompression ? acceptedEncodings(headers) : new Set<string>()
  const [encoding, create] = ENCODERS.find(([name]) => taken.has(name)) ?? [null, () => null]
  const framed = (pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> =>
    asked.compress ? packBlocks(pieces) : pieces
  return {
    encoding,
    inBlocks: asked.compress,
    pack: (pieces) => Readable.from(encoding === 'lz4' ? packFrame(framed(pieces)) : framed(pieces)),
    encoder: () => create(asked.level),
  }
}

/** Names without `q=0`; an encoding that is not named is not taken. */
function acceptedEncodings(headers: IncomingHttpHeaders): Set<string> {
  const entries = (headers['accept-encoding'] ?? '').toLowerCase().split(',')
  const wanted = entries.filter((entry) => !/;\s*q=0(?:\.0*)?\s*$/u.test(entry))
  return new Set(wanted.map((entry) => entry.split(';')[0]?.trim() ?? ''))
}
