/** What a WASI module needs before a Bacalhau node takes it; the code in it is left as it is. */
import {
  findSection,
  mapImports,
  readSections,
  SECTION,
  sized,
  text,
  unsigned,
  vector,
  WasmReader,
  writeModule,
  type Section,
} from '../../provision/wasm-binary.ts'

/** `i32.const 58` (WASI's `ENOTSUP`) and `end`, without locals. */
const ANSWER_NOT_SUPPORTED = Buffer.from([0, 0x41, 58, 0x0b])

/** Adds an empty name section where there is none: the node's tracing refuses a module without. */
export function addNameSection(module: Uint8Array): Buffer {
  const sections = readSections(module)
  const named = sections.some((section) => customName(section) === 'name')
  return named ? Buffer.from(module) : writeModule([...sections, { id: SECTION.custom, body: text('name') }])
}

/**
 * Leaves out where in its C sources code comes from: a node that ends a program looks every frame up there,
 * which takes it seconds in which it does nothing else.
 */
export function stripDebugInfo(module: Uint8Array): Buffer {
  const kept = readSections(module).filter((section) => customName(section)?.startsWith('.debug_') !== true)
  return writeModule(kept)
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
  const sections = readSections(module)
  const diverted: { name: string; type: number }[] = []
  const imports = findSection(sections, 'import')
  const changed = mapImports(imports, (given) => {
    if (!given.name.startsWith(prefix)) return given
    diverted.push(given)
    return { ...given, module: from }
  })
  return {
    module: writeModule(sections.map((section) => (section === imports ? changed : section))),
    stub: makeStub(findSection(sections, 'type'), diverted),
  }
}

function makeStub(types: Section, functions: readonly { name: string; type: number }[]): Buffer {
  const exported = functions.map(({ name }, index) =>
    Buffer.concat([text(name), Buffer.from([0]), unsigned(index)]),
  )
  return addNameSection(
    writeModule([
      types,
      { id: SECTION.function, body: vector(functions.map(({ type }) => unsigned(type))) },
      { id: SECTION.export, body: vector(exported) },
      { id: SECTION.code, body: vector(functions.map(() => sized(ANSWER_NOT_SUPPORTED))) },
    ]),
  )
}

function customName({ id, body }: Section): string | null {
  return id === SECTION.custom ? new WasmReader(body).text() : null
}
