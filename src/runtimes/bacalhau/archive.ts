/** Tar archives, gzipped: how files go into a job and how a node publishes what came out. */
// tar-stream is not used: its reader never ends on an archive with a negative size or a folder that has content.
import { gunzipSync, gzipSync } from 'node:zlib'

const BLOCK = 512
const REGULAR = '0'
const LONG_NAME = 'L'

export interface ArchiveFile {
  path: string
  content: Uint8Array
}

/** Packs files; folders on the way are made by the reader, except for Go's, which wants them named first. */
export function packArchive(files: readonly ArchiveFile[]): Buffer {
  const folders = new Set(files.flatMap(({ path }) => parentsOf(path)))
  const blocks = [
    ...[...folders].toSorted().flatMap((path) => entry(`${path}/`, '5', Buffer.alloc(0), '755')),
    ...files.flatMap(({ path, content }) => entry(path, REGULAR, content, isScript(content) ? '755' : '644')),
  ]
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]), { level: 1 })
}

/**
 * Regular files of an archive, at most `maxBytes` unpacked.
 * @throws Error where it is larger or not an archive.
 */
export function unpackArchive(archive: Uint8Array, maxBytes: number): ArchiveFile[] {
  const bytes = gunzipSync(archive, { maxOutputLength: maxBytes })
  const files: ArchiveFile[] = []
  let longName: string | null = null
  for (let at = 0; at + BLOCK <= bytes.length;) {
    const header = bytes.subarray(at, at + BLOCK)
    if (header.every((byte) => byte === 0)) break
    const size = Number.parseInt(readText(header, 124, 12) || '0', 8)
    if (!(size >= 0) || at + BLOCK + size > bytes.length) throw new Error('the archive is broken')
    const content = bytes.subarray(at + BLOCK, at + BLOCK + size)
    const kind = String.fromCharCode(header[156] ?? 0)
    const prefix = readText(header, 345, 155)
    const name = longName ?? (prefix === '' ? '' : `${prefix}/`) + readText(header, 0, 100)
    longName = kind === LONG_NAME ? readText(content, 0, size) : null
    if (kind === REGULAR || kind === '\0') files.push({ path: name.replace(/^(?:\.\/)+/, ''), content })
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK
  }
  return files
}

/** Scripts can be run, as in the local sandboxes. */
function isScript(content: Uint8Array): boolean {
  return content[0] === 0x23 && content[1] === 0x21 // #!
}

function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

function entry(path: string, kind: string, content: Uint8Array, mode: string): Buffer[] {
  const name = Buffer.from(path)
  const long = name.length > 100 ? entry('././@LongLink', LONG_NAME, Buffer.from(`${path}\0`), '644') : []
  const header = Buffer.alloc(BLOCK)
  name.copy(header, 0, 0, 100)
  header.write(mode.padStart(7, '0'), 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(content.length.toString(8).padStart(11, '0'), 124)
  header.write('00000000000', 136)
  header.write('        ', 148)
  header.write(kind, 156)
  header.write('ustar\u000000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)
  return [...long, header, Buffer.from(content), padding]
}

function readText(bytes: Uint8Array, at: number, length: number): string {
  const field = Buffer.from(bytes.subarray(at, at + length))
  const end = field.indexOf(0)
  return field.toString('utf8', 0, end < 0 ? length : end).trim()
}
