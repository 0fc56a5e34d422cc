/** What a WASI module needs before a Bacalhau node takes it; the code in it is left as it is. */

const MAGIC = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])
const CUSTOM = 0
const TYPE = 1
const IMPORT = 2
const FUNCTION = 3
const EXPORT = 7
const CODE = 10
/** WASI's `ENOTSUP`. */
const NOT_SUPPORTED = 58

interface Section {
  id: number
  body: Buffer
}

/** Adds an empty name section where there is none: the node's tracing refuses a module without. */
export function addNameSection(module: Uint8Array): Buffer {
  const name = text('name')
  const bytes = Buffer.from(module)
  const named = readSections(bytes).some(
    ({ id, body }) => id === CUSTOM && body.subarray(0, name.length).equals(name),
  )
  return named ? bytes : Buffer.concat([bytes, section(CUSTOM, [name])])
}

/**
 * Leaves out where in its C sources code comes from: a node that ends a program looks every frame up there,
 * which takes it seconds in which it does nothing else.
 */
export function stripDebugInfo(module: Uint8Array): Buffer {
  return writeSections(readSections(Buffer.from(module)).filter((one) => !isDebugInfo(one)))
}

/**
 * Has `module` import the functions named `prefix…` from the module at the path `from` instead of from WASI,
 * and makes that module: each of its functions answers that it is not supported.
 * @throws Error where `module` imports anything but functions.
 */
export function divertImports(
  module: Uint8Array,
  prefix: string,
  from: string,
): { module: Buffer; stub: Buffer } {
  const sections = readSections(Buffer.from(module))
  const types = sections.find(({ id }) => id === TYPE)
  const imports = sections.find(({ id }) => id === IMPORT)
  if (types === undefined || imports === undefined) throw new Error('the module imports no functions')
  const diverted: { name: string; type: number }[] = []
  const reader = new Reader(imports.body)
  const entries = reader.vector(() => {
    const [space, name, kind, type] = [reader.text(), reader.text(), reader.byte(), reader.unsigned()]
    if (kind !== 0) throw new Error(`${space}.${name} is not a function`)
    const diverts = name.startsWith(prefix)
    if (diverts) diverted.push({ name, type })
    return Buffer.concat([text(diverts ? from : space), text(name), Buffer.from([0]), unsigned(type)])
  })
  imports.body = vector(entries)
  return { module: writeSections(sections), stub: makeStub(types, diverted) }
}

function makeStub(types: Section, functions: readonly { name: string; type: number }[]): Buffer {
  const body = Buffer.concat([Buffer.from([0, 0x41]), signed(NOT_SUPPORTED), Buffer.from([0x0b])])
  return addNameSection(
    writeSections([
      types,
      { id: FUNCTION, body: vector(functions.map(({ type }) => unsigned(type))) },
      {
        id: EXPORT,
        body: vector(
          functions.map(({ name }, index) => Buffer.concat([text(name), Buffer.from([0]), unsigned(index)])),
        ),
      },
      { id: CODE, body: vector(functions.map(() => Buffer.concat([unsigned(body.length), body]))) },
    ]),
  )
}

function readSections(module: Buffer): Section[] {
  if (!module.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('not a WebAssembly module')
  const reader = new Reader(module, MAGIC.length)
  const sections: Section[] = []
  while (!reader.atEnd) sections.push({ id: reader.byte(), body: reader.bytes(reader.unsigned()) })
  return sections
}

function writeSections(sections: readonly Section[]): Buffer {
  return Buffer.concat([MAGIC, ...sections.map(({ id, body }) => section(id, [body]))])
}

function section(id: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([id]), unsigned(body.length), body])
}

function vector(entries: readonly Buffer[]): Buffer {
  return Buffer.concat([unsigned(entries.length), ...entries])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([unsigned(bytes.length), bytes])
}

function isDebugInfo({ id, body }: Section): boolean {
  return id === CUSTOM && new Reader(body).text().startsWith('.debug_')
}

/** LEB128. */
function unsigned(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  do {
    bytes.push(rest > 0x7f ? (rest & 0x7f) | 0x80 : rest)
    rest >>>= 7
  } while (rest > 0)
  return Buffer.from(bytes)
}

/** LEB128 of a small number that is not negative. */
function signed(value: number): Buffer {
  return value < 0x40 ? Buffer.from([value]) : Buffer.from([(value & 0x7f) | 0x80, value >> 7])
}

class Reader {
  readonly #bytes: Buffer
  #at: number

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes
    this.#at = at
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

  unsigned(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new Error('a number of the module is too long')
  }

  bytes(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new Error('the module ends too early')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  text(): string {
    return this.bytes(this.unsigned()).toString()
  }

  vector<T>(read: () => T): T[] {
    return Array.from({ length: this.unsigned() }, read)
  }
}
