/** The little of WebAssembly's binary format that is needed here: sections, numbers, names. */

const MAGIC = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])

export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  memory: 5,
  export: 7,
  code: 10,
  data: 11,
} as const

export interface Section {
  id: number
  body: Buffer
}

/** Sections in their order. @throws Error where `module` is none. */
export function readSections(module: Uint8Array): Section[] {
  const bytes = Buffer.from(module.buffer, module.byteOffset, module.byteLength)
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('not a WebAssembly module')
  const reader = new WasmReader(bytes.subarray(MAGIC.length))
  const sections: Section[] = []
  while (!reader.atEnd) sections.push({ id: reader.byte(), body: reader.bytes() })
  return sections
}

/** The first section of this kind. @throws Error where there is none. */
export function findSection(sections: readonly Section[], kind: keyof typeof SECTION): Section {
  const section = sections.find(({ id }) => id === SECTION[kind])
  if (section === undefined) throw new Error(`the module has no ${kind} section`)
  return section
}

/** The module of these sections. */
export function writeModule(sections: readonly Section[]): Buffer {
  return Buffer.concat([MAGIC, ...sections.flatMap(({ id, body }) => [Buffer.from([id]), sized(body)])])
}

export interface FunctionImport {
  module: string
  name: string
  type: number
}

/**
 * The import section with each import as `change` returns it.
 * @throws Error where anything but functions is imported
 */
export function mapImports(section: Section, change: (given: FunctionImport) => FunctionImport): Section {
  const reader = new WasmReader(section.body)
  const entries = reader.vector(() => {
    const [module, name, kind] = [reader.text(), reader.text(), reader.byte()]
    if (kind !== 0) throw new Error(`${module}.${name} is not a function`)
    const changed = change({ module, name, type: reader.unsigned() })
    return Buffer.concat([text(changed.module), text(changed.name), Buffer.from([0]), unsigned(changed.type)])
  })
  return { id: section.id, body: vector(entries) }
}

/** A number of entries, and these. */
export function vector(entries: readonly Buffer[]): Buffer {
  return Buffer.concat([unsigned(entries.length), ...entries])
}

export function text(value: string): Buffer {
  return sized(Buffer.from(value))
}

/** A length, and so many bytes. */
export function sized(bytes: Buffer): Buffer {
  return Buffer.concat([unsigned(bytes.length), bytes])
}

/** LEB128. */
export function unsigned(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  do {
    bytes.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest)
    rest >>>= 7
  } while (rest > 0)
  return Buffer.from(bytes)
}

/** Reads one thing after another. @throws Error at the end of the bytes. */
export class WasmReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  byte(): number {
    const value = this.#bytes[this.#at]
    if (value === undefined) throw new Error('the module ends too early')
    this.#at += 1
    return value
  }

  /** LEB128, up to 32 bits. */
  unsigned(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new Error('a number of the module is too long')
  }

  /** As many as the length before them says; not copied. */
  bytes(): Buffer {
    const length = this.unsigned()
    if (this.#at + length > this.#bytes.length) throw new Error('the module ends too early')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  text(): string {
    return this.bytes().toString()
  }

  vector<T>(read: () => T): T[] {
    return Array.from({ length: this.unsigned() }, read)
  }
}
