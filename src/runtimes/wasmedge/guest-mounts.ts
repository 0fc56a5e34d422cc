/** Brings engine, modules and guest programs to where the sandbox can see them. */
import {
  chmod,
  copyFile,
  link,
  mkdir,
  readdir,
  readlink,
  realpath,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assembleGuest, libraryFile } from '../../guests/assemble.ts'
import { isPublic } from '../sandbox/find-tools.ts'
import type { HostSupport } from '../sandbox/host-support.ts'

const GUEST = fileURLToPath(new URL('./guest/', import.meta.url))
/** What the guest program of python loads when it needs it. */
const PYTHON_PARTS = ['python/failure.py', 'python/timer_loop.py']
/** The guest programs of QuickJS, shared with bacalhau. */
const QUICKJS = fileURLToPath(new URL('../quickjs/', import.meta.url))
const INSIDE = '/opt/exectrail'

/** A file or directory as the run sees it, and the bind that puts it there. */
export interface Mount {
  path: string
  binds: readonly (readonly [string, string])[]
}

/** One for each host support. What the run's own user cannot reach is linked to its directory first. */
export class GuestMounts {
  readonly #support: HostSupport
  #reached = new Map<string, Promise<string>>()

  constructor(support: HostSupport) {
    this.#support = support
  }

  /** A directory of the host, seen under `name`. */
  async directory(path: string, name: string): Promise<Mount> {
    return this.#mount(await this.#reach(path, name, shareTree), name)
  }

  /** A file of the host, seen under `name`. */
  async file(path: string, name: string): Promise<Mount> {
    return this.#mount(await this.#reach(path, name, shareOne), name)
  }

  /** The guest programs, with each module also under its `node:` name. */
  async guest(): Promise<Mount> {
    const target = join(this.#support.files.directory, 'wasmedge-guest')
    const made = this.#reached.get(target) ?? layOutGuest(target)
    this.#reached.set(target, made)
    return this.#mount(await made, 'guest')
  }

  #mount(host: string, name: string): Mount {
    if (this.#support.isolation === 'process') return { path: host, binds: [] }
    const path = `${INSIDE}/${name}`
    return { path, binds: [[host, path]] }
  }

  async #reach(
    path: string,
    name: string,
    share: (from: string, to: string) => Promise<void>,
  ): Promise<string> {
    // A link may lead from a public directory to a private one.
    const real = await realpath(path)
    if (this.#support.users === 'own' || isPublic(real)) return real
    const target = join(this.#support.files.directory, `wasmedge-${name}`)
    const shared = this.#reached.get(real) ?? share(real, target).then(() => target)
    this.#reached.set(real, shared)
    return shared
  }
}

async function shareOne(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copyFile(from, to))
  await chmod(to, 0o755)
}

async function shareTree(from: string, to: string): Promise<void> {
  await makePublic(to)
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) await shareTree(source, target)
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target)
    else await shareOne(source, target)
  }
}

/** Whatever the mask of this process. */
async function makePublic(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  await chmod(directory, 0o755)
}

async function layOutGuest(target: string): Promise<string> {
  await shareCopy(GUEST, target)
  await shareCopy(QUICKJS, target)
  for (const file of PYTHON_PARTS) await shareProgram(libraryFile(file), join(target, file))
  await bundleScripts(target)
  const modules = join(target, 'modules')
  for (const file of await readdir(modules, { recursive: true })) {
    if (!file.endsWith('.js')) continue
    const name = file.slice(0, -'.js'.length)
    const alias = join(modules, `node:${file}`)
    await makePublic(dirname(alias))
    await writeFile(alias, `export * from '${name}'\nexport { default } from '${name}'\n`)
    await chmod(alias, 0o644)
  }
  return target
}

/** The guest's scripts in few files: reading and parsing them one by one costs 5 ms of every start. */
async function bundleScripts(target: string): Promise<void> {
  const { build } = await import('esbuild')
  const modules = (await readdir(join(QUICKJS, 'modules'), { recursive: true })).filter((file) =>
    file.endsWith('.js'),
  )
  const built = await build({
    entryPoints: [
      join(QUICKJS, 'javascript/main.js'),
      ...modules.map((file) => join(QUICKJS, 'modules', file)),
    ],
    outbase: QUICKJS,
    outdir: target,
    bundle: true,
    splitting: true,
    chunkNames: 'javascript/[name]-[hash]',
    format: 'esm',
    target: 'es2020',
    supported: { 'class-field': true, 'class-private-field': true, 'class-private-method': true },
    minifyWhitespace: true,
    minifySyntax: true,
    external: ['std', 'qjs:os', ...modules.map((file) => file.slice(0, -'.js'.length))],
    logLevel: 'silent',
    metafile: true,
    allowOverwrite: true,
  })
  await Promise.all(Object.keys(built.metafile.outputs).map((file) => chmod(resolve(file), 0o644)))
}

async function shareCopy(from: string, to: string): Promise<void> {
  await makePublic(to)
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) await shareCopy(source, target)
    else await shareProgram(source, target)
  }
}

async function shareProgram(from: string, to: string): Promise<void> {
  await writeFile(to, await assembleGuest(from))
  await chmod(to, 0o644)
}
