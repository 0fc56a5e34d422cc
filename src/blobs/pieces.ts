/** Bytes that lie in several buffers, in order, so that nothing copies them. */
import { crc32 } from 'node:zlib'

export type Pieces = readonly Buffer[]

export function sizeOf(pieces: Pieces): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0)
}

export function crcOf(pieces: Pieces): number {
  return pieces.reduce((crc, piece) => crc32(piece, crc), 0)
}
