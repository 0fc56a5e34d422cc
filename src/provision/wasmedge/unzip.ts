/** Files of a ZIP archive that lies somewhere in a buffer. ZIP libraries want a buffer with only the archive, and skip its checksums. */
import { crc32, inflateRawSync } from 'node:zlib'

const END = Buffer.from('PK\u0005\u0006', 'latin1')
const ENTRY = 0x02014b50
const LOCAL = 0x04034b50
const DEFLATED = 8

export interface ArchivedFile {
  path: string
  content: Buffer
}

/** Files of the first archive in `bytes` whose every checksum holds and that has a file `witness`; null where there is none. */
export function findArchive(bytes: Buffer, witness: string): ArchivedFile[] | null {
  for (let end = bytes.indexOf(END); end >= 0; end = bytes.indexOf(END, end + 1)) {
    const files = readArchive(bytes, end)
    if (files !== null && files.some(({ path }) => path === witness)) return files
  }
  return null
}

/** Null where what looks like the end of an archive is not one. */
function readArchive(bytes: Buffer, end: number): ArchivedFile[] | null {
  const count = bytes.readUInt16LE(end + 10)
  const directory = end - bytes.readUInt32LE(end + 12)
  const base = directory - bytes.readUInt32LE(end + 16)
  if (base < 0) return null
  const files: ArchivedFile[] = []
  let at = directory
  for (let index = 0; index < count; index++) {
    if (bytes.readUInt32LE(at) !== ENTRY) return null
    const nameLength = bytes.readUInt16LE(at + 28)
    const path = bytes.toString('utf8', at + 46, at + 46 + nameLength)
    const content = readEntry(bytes, at, base + bytes.readUInt32LE(at + 42))
    if (content === null) return null
    files.push({ path, content })
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return files
}

function readEntry(bytes: Buffer, entry: number, local: number): Buffer | null {
  if (bytes.readUInt32LE(local) !== LOCAL) return null
  const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
  const stored = bytes.subarray(start, start + bytes.readUInt32LE(entry + 20))
  const content = bytes.readUInt16LE(entry + 10) === DEFLATED ? inflateRawSync(stored) : stored
  return crc32(content) === bytes.readUInt32LE(entry + 16) ? content : null
}
