/** The little of WebAssembly's binary format needed here: sections, imports, data. */

interface Section {
  id: number
  start: number
  end: number
}

const IMPORTS = 2
const MEMORY = 5
const DATA = 11
const PAGE_BYTES = 65_536

/** Reads numbers and names from `at` on. */
class Reader {
  readonly #bytes: Buffer
  at: number

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  /** LEB128, unsigned, up to 32 bits. */
  number(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.at++]
      if (byte === undefined || shift > 28) throw new Error('not a WebAssembly module')
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
  }

  bytes(): Buffer {
    const length = this.number()
    const start = this.at
    this.at += length
    return this.#bytes.subarray(start, this.at)
  }
}

function sections(module: Buffer): Section[] {
  if (module.toString('latin1', 0, 4) !== '\0asm') throw new Error('not a WebAssembly module')
  const found: Section[] = []
  const reader = new Reader(module, 8)
  while (reader.at < module.length) {
    const id = module[reader.at++] ?? 0
    const length = reader.number()
    found.push({ id, start: reader.at, end: reader.at + length })
    reader.at += length
  }
  return found
}

function find(module: Buffer, id: number): Section {
  const section = sections(module).find((candidate) => candidate.id === id)
  if (section === undefined) throw new Error(`the module has no section ${id}`)
  return section
}

/** Pages of 64 KiB the module's memory begins with. */
export function initialPages(module: Buffer): number {
  const reader = new Reader(module, find(module, MEMORY).start)
  reader.number()
  reader.number()
  return reader.number()
}

/** The memory as the module's data lays it out before its first instruction. */
export function initialMemory(module: Buffer): Buffer {
  const memory = Buffer.alloc(initialPages(module) * PAGE_BYTES)
  const reader = new Reader(module, find(module, DATA).start)
  for (let left = reader.number(); left > 0; left--) {
    const active = reader.number() === 0
    if (active && module[reader.at++] !== 0x41) throw new Error('the data does not begin at a fixed place')
    const offset = active ? reader.number() : 0
    if (active) reader.at += 1
    const bytes = reader.bytes()
    if (active) bytes.copy(memory, offset)
  }
  return memory
}

/**
 * The module with imported functions of these names bound to others instead; the types have to be the same, or
 * the engine refuses the module. @throws Error when a name is not imported.
 */
export function rebindImports(module: Buffer, names: Readonly<Record<string, string>>): Buffer {
  const { start, end } = find(module, IMPORTS)
  const parts: Buffer[] = []
  const missing = new Set(Object.keys(names))
  const reader = new Reader(module, start)
  const count = reader.number()
  for (let left = count; left > 0; left--) {
    const from = reader.bytes()
    const name = reader.bytes().toString('utf8')
    const descriptor = reader.at
    if (module[reader.at++] !== 0) throw new Error('only functions are expected among the imports')
    reader.number()
    missing.delete(name)
    parts.push(named(from), named(Buffer.from(names[name] ?? name)), module.subarray(descriptor, reader.at))
  }
  if (missing.size > 0) throw new Error(`the module does not import ${[...missing].join(', ')}`)
  const body = Buffer.concat([leb(count), ...parts])
  const head = start - lengthBytes(module, start, end)
  return Buffer.concat([module.subarray(0, head), leb(body.length), body, module.subarray(end)])
}

/** How many bytes the length before `start` takes. */
function lengthBytes(module: Buffer, start: number, end: number): number {
  for (let count = 1; count <= 5; count++) {
    const reader = new Reader(module, start - count)
    if (module[start - count - 1] === IMPORTS && reader.number() === end - start && reader.at === start)
      return count
  }
  throw new Error('not a WebAssembly module')
}

function named(name: Buffer): Buffer {
  return Buffer.concat([leb(name.length), name])
}

function leb(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  do {
    const low = rest & 0x7f
    rest >>>= 7
    bytes.push(rest === 0 ? low : low | 0x80)
  } while (rest !== 0)
  return Buffer.from(bytes)
}
