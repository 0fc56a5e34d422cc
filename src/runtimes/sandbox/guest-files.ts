/** A private directory with what the sandboxes read: the guest programs, the seccomp filter, a passwd. */
import { execFile } from 'node:child_process'
import { chmod, copyFile, link, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Plugin } from 'esbuild'

import { assembleGuest, libraryFile } from '../../guests/assemble.ts'
import { withEsbuild } from '../transpile.ts'
import { makeSeccompFilter } from './confinement/seccomp.ts'

const SOURCE = fileURLToPath(new URL('./guest/', import.meta.url))
const PORTABLE = fileURLToPath(new URL('../quickjs/javascript/portable.js', import.meta.url))
/** What the guest program of python loads once a program fails. */
const FAILURE = 'python/failure.py'

/** Paths on the host; removed by `remove`. */
export interface GuestFiles {
  directory: string
  /** The filter of system calls; '' on a processor we have no tables for. */
  seccomp: string
  /** Where runs without namespaces get their directories. */
  runs: string
  remove(): Promise<void>
}

/** The /etc of a sandbox: one user, and the one host it knows. */
const ETC = {
  passwd: 'sandbox:x:1000:1000::/tmp:/bin/bash\n',
  group: 'sandbox:x:1000:\n',
  hosts: '127.0.0.1 localhost sandbox\n::1 localhost\n',
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
}
export const ETC_NAMES = Object.keys(ETC)

/**
 * What /proc says of the host and no program of the served languages reads: how it was started and built, its devices'
 * work, its keys. An empty file lies over each; the fork servers read the list.
 */
export const HIDDEN_IN_PROC = ['cmdline', 'config.gz', 'interrupts', 'softirqs', 'keys', 'key-users']

/** Copies the guest programs to a directory every user can read; holds nothing secret. */
export async function layOutGuestFiles(): Promise<GuestFiles> {
  const directory = await mkdtemp(join(tmpdir(), 'exectrail-'))
  await chmod(directory, 0o755)
  const programs = [...(await readdir(SOURCE)).map((name) => join(SOURCE, name)), libraryFile(FAILURE)]
  await Promise.all(
    programs.map(async (file) =>
      writeFile(join(directory, basename(file)), await assembleGuest(file), { mode: 0o644 }),
    ),
  )
  await mkdir(join(directory, 'etc'))
  await Promise.all(
    Object.entries(ETC).map(([name, content]) =>
      writeFile(join(directory, 'etc', name), content, { mode: 0o644 }),
    ),
  )
  await writeFile(join(directory, 'empty'), '', { mode: 0o444 })
  await writeFile(join(directory, 'hidden'), HIDDEN_IN_PROC.join('\n'), { mode: 0o444 })
  const filter = makeSeccompFilter(process.arch)
  const seccomp = filter === null ? '' : join(directory, 'seccomp.bpf')
  if (filter !== null) await writeFile(seccomp, filter, { mode: 0o644 })
  const runs = join(directory, 'runs')
  await mkdir(runs)
  await chmod(runs, 0o1777)
  return { directory, seccomp, runs, remove: () => rm(directory, { recursive: true, force: true }) }
}

/** vm2 and its parser in one file: two dozen lookups less at each start. */
export async function bundleVm2({ directory }: GuestFiles): Promise<void> {
  const target = join(directory, 'vm2-bundle.cjs')
  const plugins = [await keepSourcesApart(directory)]
  await withEsbuild(({ build }) =>
    build({
      entryPoints: [fileURLToPath(import.meta.resolve('vm2'))],
      plugins,
      minifyWhitespace: true,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      outfile: target,
      logLevel: 'silent',
    }),
  )
  await chmod(target, 0o644)
  await bundlePortable(directory)
}

/** Of QuickJS's globals those that need nothing of their host, for the inside of vm2. */
async function bundlePortable(directory: string): Promise<void> {
  const target = join(directory, 'vm2-portable.js')
  await withEsbuild(({ build }) =>
    build({
      entryPoints: [PORTABLE],
      minify: true,
      bundle: true,
      format: 'iife',
      globalName: 'portable',
      target: 'es2020',
      outfile: target,
      logLevel: 'silent',
    }),
  )
  await chmod(target, 0o644)
}

/** Changes to vm2's bootstrap scripts; each text to find occurs exactly once in the pinned version. */
const VM2_EDITS: readonly { file: string; find: string; replace: string }[] = [
  {
    // vm2 handles every promise so that an unhandled rejection cannot end its host. Our host serves this one program
    // and has to see the rejection: with this line such programs would succeed.
    file: 'setup-sandbox.js',
    find: 'apply(globalPromisePrototypeThen, this, [undefined, localPromiseSwallow]);',
    replace: '',
  },
  {
    // vm2 looks for constructors among the elements of a Buffer, 1.3 s and 60 MB for each MiB. They are only numbers.
    file: 'bridge.js',
    find: "function containsDangerousConstructor(obj) {\n\t\tif (obj === null || typeof obj !== 'object') return false;\n",
    replace:
      "const isBufferView = ArrayBuffer.isView;\n\tfunction containsDangerousConstructor(obj) {\n\t\tif (obj === null || typeof obj !== 'object' || isBufferView(obj)) return false;\n",
  },
]

/** @throws Error where a text to find is not there exactly once, as after an update of vm2 */
function editVm2(file: string, text: string): string {
  return VM2_EDITS.filter((edit) => edit.file === file).reduce((edited, { find, replace }) => {
    if (edited.split(find).length !== 2) throw new Error(`vm2's ${file} does not hold "${find}" exactly once`)
    return edited.replace(find, () => replace)
  }, text)
}

/** vm2 carries its bootstrap scripts as strings, 400 kB that V8 would unpack at each start; two of four are used. */
async function keepSourcesApart(directory: string): Promise<Plugin> {
  const load = createRequire(fileURLToPath(import.meta.resolve('vm2')))
  const sources: unknown = load('./lib/sources.js')
  const getters: string[] = []
  for (const [name, text] of Object.entries(sources ?? {})) {
    await writeFile(join(directory, `vm2-${name}`), editVm2(name, String(text)), { mode: 0o644 })
    getters.push(`get '${name}'() { return readFileSync(__dirname + '/vm2-${name}', 'utf8') }`)
  }
  const contents = `const { readFileSync } = require('node:fs')\nmodule.exports = { ${getters.join(', ')} }`
  return {
    name: 'sources apart',
    setup(build) {
      build.onLoad({ filter: /[\\/]vm2[\\/]lib[\\/]sources\.js$/ }, () => ({ contents, loader: 'js' }))
    },
  }
}

/** Keeps V8's compiled form of vm2 beside it, made by a run of only our own code: 15 ms less at each start. */
export async function cacheVm2(files: GuestFiles, node: string, flags: readonly string[]): Promise<void> {
  const draft = join(files.directory, 'vm2.cache.draft')
  await promisify(execFile)(node, [...flags, join(files.directory, 'vm2.cjs'), 'make-cache', draft], {
    env: {},
  })
  await chmod(draft, 0o644)
  await rename(draft, join(files.directory, 'vm2.cache'))
}

/** Compiles the guest program of python once: 2 ms less at each start. Without it the source serves. */
export async function compilePythonGuest(files: GuestFiles, python: string): Promise<void> {
  const [from, to] = [join(files.directory, 'python.py'), join(files.directory, 'python.pyc')]
  const script =
    'import py_compile, sys; py_compile.compile(sys.argv[1], sys.argv[2], doraise=True, dfile=sys.argv[3], invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)'
  await promisify(execFile)(python, ['-I', '-S', '-c', script, from, to, 'python.py'])
  await chmod(to, 0o644)
}

/** Makes `file` reachable for other users under `directory`: a hard link, else a copy. */
export async function shareFile(file: string, directory: string, name: string): Promise<string> {
  const target = join(directory, name)
  await link(file, target).catch(() => copyFile(file, target))
  await chmod(target, 0o755)
  return target
}
