/** Compression of a response: ClickHouse's blocks with `compress=1`, and the HTTP encodings that the client accepts. */
import type { IncomingHttpHeaders } from 'node:http'
import { Readable, type Transform } from 'node:stream'
import { constants, createBrotliCompress, createDeflate, createGzip, createZstdCompress } from 'node:zlib'
import { compressBlocks } from './blocks.ts'
import { compressFrame } from './lz4.ts'

export interface ResponseCompression {
  /** Value of Content-Encoding; null without one. */
  encoding: string | null
  /** Whether the bytes are in ClickHouse's compressed blocks. */
  inBlocks: boolean
  compress(pieces: AsyncIterable<Uint8Array>): Readable
  /** A new stage after `compress` for each response. */
  encoder(): Transform | null
}

interface CompressionParameters {
  /** `compress=1`. */
  compress: boolean
  /** `enable_http_compression=1`; without it no encoding is used, as with ClickHouse. */
  httpCompression: boolean
  /** `http_zlib_compression_level`; null leaves it to us. */
  level: number | null
}

/** In ClickHouse's order of preference. */
const ENCODERS: readonly (readonly [string, (level: number | null) => Transform | null])[] = [
  ['zstd', (level) => createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: level ?? 1 } })],
  ['br', (level) => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: level ?? 1 } })],
  // `compress` does this.
  ['lz4', () => null],
  ['gzip', (level) => createGzip({ level: level ?? constants.Z_BEST_SPEED })],
  ['deflate', (level) => createDeflate({ level: level ?? constants.Z_BEST_SPEED })],
]

export function chooseCompression(
  headers: IncomingHttpHeaders,
  requested: CompressionParameters,
): ResponseCompression {
  const accepted = requested.httpCompression ? acceptedEncodings(headers) : new Set<string>()
  const [encoding, create] = ENCODERS.find(([name]) => accepted.has(name)) ?? [null, () => null]
  const framed = (pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> =>
    requested.compress ? compressBlocks(pieces) : pieces
  return {
    encoding,
    inBlocks: requested.compress,
    compress: (pieces) => Readable.from(encoding === 'lz4' ? compressFrame(framed(pieces)) : framed(pieces)),
    encoder: () => create(requested.level),
  }
}

/** Names without `q=0`. */
function acceptedEncodings(headers: IncomingHttpHeaders): Set<string> {
  const entries = (headers['accept-encoding'] ?? '').toLowerCase().split(',')
  const wanted = entries.filter((entry) => !/;\s*q=0(?:\.0*)?\s*$/u.test(entry))
  return new Set(wanted.map((entry) => entry.split(';')[0]?.trim() ?? ''))
}
