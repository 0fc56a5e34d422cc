/** What the language modules of WasmEdge need read and changed in their binaries. */
import { findSection, mapImports, readSections, SECTION, WasmReader, writeModule } from '../wasm-binary.ts'

const PAGE_BYTES = 65_536
/** The instruction `i32.const`. */
const CONSTANT = 0x41

/** Pages of 64 KiB the module's memory begins with. */
export function initialPages(module: Buffer): number {
  const reader = new WasmReader(findSection(readSections(module), 'memory').body)
  reader.unsigned()
  reader.unsigned()
  return reader.unsigned()
}

/** The memory as the module's data lays it out before its first instruction. */
export function initialMemory(module: Buffer): Buffer {
  const memory = Buffer.alloc(initialPages(module) * PAGE_BYTES)
  const reader = new WasmReader(findSection(readSections(module), 'data').body)
  for (let left = reader.unsigned(); left > 0; left--) {
    const active = reader.unsigned() === 0
    if (active && reader.byte() !== CONSTANT) throw new Error('the data does not begin at a fixed place')
    const offset = active ? reader.unsigned() : 0
    if (active) reader.byte()
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
  const sections = readSections(module)
  findSection(sections, 'import')
  const missing = new Set(Object.keys(names))
  const rebound = sections.map((section) =>
    section.id === SECTION.import
      ? mapImports(section, (given) => {
          missing.delete(given.name)
          return { ...given, name: names[given.name] ?? given.name }
        })
      : section,
  )
  if (missing.size > 0) throw new Error(`the module does not import ${[...missing].join(', ')}`)
  return writeModule(rebound)
}
