/** Language modules: what is done to them before they run, and how they are compiled. */
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { deflateRawSync, crc32 } from 'node:zlib'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { compileModule } from '../../src/provision/wasmedge/compile.ts'
import { engineCommand } from '../../src/provision/wasmedge/engine.ts'
import { findEngine } from '../../src/provision/wasmedge/wasmedge.ts'
import { compiledPath, findSource, prepareModule } from '../../src/provision/wasmedge/modules.ts'
import { findArchive } from '../../src/provision/wasmedge/unzip.ts'
import { initialMemory, initialPages, rebindImports } from '../../src/provision/wasmedge/wasm-module.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { findWasmedge, wasmedgeOptions } from '../support/wasmedge.ts'

/** Node's own engine as a second opinion; its types are not among ours. */
interface SecondOpinion {
  Module: {
    new (bytes: Uint8Array): object
    imports(module: object): { name: string }[]
  }
}

/** Names a module imports. @throws when the module is not valid */
function importNames(bytes: Uint8Array): string[] {
  const { Module } = Reflect.get(globalThis, 'WebAssembly') as SecondOpinion
  return Module.imports(new Module(bytes)).map(({ name }) => name)
}

const text = (value: string): number[] => [value.length, ...Buffer.from(value)]
const section = (id: number, body: readonly number[]): number[] => [id, body.length, ...body]

/** A module that imports `shut` and `open`, holds "hi" at 4 in two pages, and exits with 42 when started. */
function tinyModule(): Buffer {
  const exit = [...text('wasi_snapshot_preview1'), ...text('proc_exit'), 0, 0]
  const other = [...text('wasi_snapshot_preview1'), ...text('sched_yield'), 0, 1]
  return Buffer.from([
    0,
    0x61,
    0x73,
    0x6d,
    1,
    0,
    0,
    0,
    ...section(1, [3, 0x60, 1, 0x7f, 0, 0x60, 0, 1, 0x7f, 0x60, 0, 0]),
    ...section(2, [2, ...exit, ...other]),
    ...section(3, [1, 2]),
    ...section(5, [1, 0, 2]),
    ...section(7, [2, ...text('_start'), 0, 2, ...text('memory'), 2, 0]),
    ...section(10, [1, 6, 0, 0x41, 42, 0x10, 0, 0x0b]),
    ...section(11, [1, 0, 0x41, 4, 0x0b, 2, 0x68, 0x69]),
  ])
}

describe('a WebAssembly binary', () => {
  it('tells its memory before the first instruction', () => {
    expect(initialPages(tinyModule())).toBe(2)
    expect(initialMemory(tinyModule()).toString('utf8', 4, 6)).toBe('hi')
    expect(importNames(tinyModule())).toEqual(['proc_exit', 'sched_yield'])
  })
  it('gets other functions for those it imports, and is otherwise the same', () => {
    const bound = rebindImports(tinyModule(), { sched_yield: 'a_function_with_a_much_longer_name' })
    expect(importNames(bound)).toEqual(['proc_exit', 'a_function_with_a_much_longer_name'])
    expect(initialMemory(bound)).toEqual(initialMemory(tinyModule()))
  })
  it('is refused when it does not import what is to be replaced', () => {
    expect(() => rebindImports(tinyModule(), { sock_open: 'nothing' })).toThrow('does not import sock_open')
    expect(() => initialPages(Buffer.from('no module'))).toThrow('not a WebAssembly module')
  })
})

describe('an archive inside a buffer', () => {
  const zip = (path: string, content: string): Buffer => {
    const packed = deflateRawSync(content)
    const fixed = Buffer.alloc(26)
    fixed.writeUInt16LE(8, 4)
    fixed.writeUInt32LE(crc32(content), 10)
    fixed.writeUInt32LE(packed.length, 14)
    fixed.writeUInt32LE(content.length, 18)
    fixed.writeUInt16LE(path.length, 22)
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), fixed, Buffer.from(path), packed])
    const entry = Buffer.concat([
      Buffer.from('PK\u0001\u0002\u0000\u0000'),
      fixed,
      Buffer.alloc(14),
      Buffer.from(path),
    ])
    const end = Buffer.alloc(18)
    end.writeUInt16LE(1, 6)
    end.writeUInt32LE(entry.length, 8)
    end.writeUInt32LE(local.length, 12)
    return Buffer.concat([local, entry, Buffer.from('PK\u0005\u0006'), end])
  }
  it('is found among other bytes', () => {
    const bytes = Buffer.concat([
      Buffer.alloc(99, 'PK\u0005\u0006 no archive'),
      zip('a/b', 'kept'),
      Buffer.alloc(50),
    ])
    expect(findArchive(bytes, 'a/b')).toEqual([{ path: 'a/b', content: Buffer.from('kept') }])
    expect(findArchive(bytes, 'another')).toBeNull()
  })
  it('is not taken when a checksum does not hold', () => {
    const broken = zip('a/b', 'kept and kept')
    broken[36] = (broken[36] ?? 0) ^ 0xff
    expect(() => findArchive(broken, 'a/b') ?? 'none').toSatisfy((find: () => unknown) => {
      try {
        return find() === 'none'
      } catch (error) {
        return error instanceof Error && 'code' in error && error.code === 'Z_DATA_ERROR'
      }
    })
  })
})

describe('the language modules', () => {
  it('lose their sockets, and Python its library to a directory', async () => {
    await using cache = await temporaryDirectory()
    const [quickjs, python] = await Promise.all([
      prepareModule('quickjs', cache.path),
      prepareModule('python', cache.path),
    ])
    const names = async (path: string): Promise<string[]> => importNames(await readFile(path))
    const original = await names(await findSource('quickjs'))
    const sealed = await names(join(quickjs.directory, 'module.wasm'))
    expect(original).toContain('sock_open')
    expect(sealed).not.toContain('sock_open')
    expect(sealed).not.toContain('sock_getaddrinfo')
    expect(await names(join(python.directory, 'module.wasm'))).not.toContain('sock_open')
    await access(join(python.directory, 'lib/asyncio/base_events.pyc'))
    expect((await prepareModule('quickjs', cache.path)).directory).toBe(quickjs.directory)
    expect((await readdir(join(cache.path, 'wasmedge/modules'))).toSorted()).toHaveLength(2)
  })
})

const absent = await findWasmedge()

describe.skipIf(absent !== null)(`compiling ${absent ?? ''}`, () => {
  const tiny = async (directory: string) => {
    await mkdir(directory, { recursive: true })
    await writeFile(join(directory, 'module.wasm'), tinyModule())
    return { name: 'quickjs' as const, directory, initialPages: 2 }
  }
  const findIt = () => {
    const { path, cacheDir } = wasmedgeOptions()
    return findEngine({ config: { path, cacheDir, ci: true }, report: () => undefined })
  }
  const compilation = { progress: { stage: () => undefined }, signal: new AbortController().signal }

  it('makes machine code that runs, once for all who ask', async () => {
    await using directory = await temporaryDirectory()
    const engine = await findIt()
    const module = await tiny(join(directory.path, 'modules', 'tiny'))
    const [first, second] = await Promise.all([
      compileModule({ engine, module, ...compilation }),
      compileModule({ engine, module, ...compilation }),
    ])
    expect(second).toBe(first)
    expect(first).toBe(compiledPath(module, engine))
    expect((await readFile(first)).toString('latin1', 1, 4)).toBe('ELF')
    const [command = '', ...args] = engineCommand(engine, engine.root ?? '/')
    const run = await execa(command, [...args, first], { reject: false })
    expect(run.exitCode).toBe(42)
    expect((await readdir(module.directory)).filter((name) => name.endsWith('.so'))).toHaveLength(1)
  })
  it('leaves nothing when it is asked to stop, or when the engine refuses', async () => {
    await using directory = await temporaryDirectory()
    const engine = await findIt()
    const module = await tiny(join(directory.path, 'modules', 'tiny'))
    const stopped = compileModule({
      engine,
      module,
      ...compilation,
      signal: AbortSignal.abort(new Error('asked to stop')),
    })
    await expect(stopped).rejects.toThrow('asked to stop')
    await writeFile(join(module.directory, 'module.wasm'), 'nothing of the kind')
    await expect(compileModule({ engine, module, ...compilation })).rejects.toThrow(
      /wasmedge compile ended with/,
    )
    expect(await readdir(module.directory)).toEqual(['module.wasm'])
  })
})
