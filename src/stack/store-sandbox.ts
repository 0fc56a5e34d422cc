/**
 * The sandbox around the store's process. Whatever a statement makes the engine do, it reaches only its data directory, a
 * limited tmpfs, the program itself and the socket that it inherits.
 */
import { existsSync, lstatSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { execFile } from 'node:child_process'
import { MOUNTED_DATA } from '../clickhouse-endpoint/data-root.ts'
import { NAMESPACES, RUN_RIGHTS } from '../runtimes/sandbox/confinement/bubblewrap.ts'
import { askVersion, findExecutable } from '../runtimes/sandbox/find-tools.ts'
import { INSTALL_BWRAP, isRecent } from '../runtimes/sandbox/host-support.ts'
import { allowNamespaces } from '../runtimes/sandbox/namespaces-remedy.ts'
import { makeSeccompFilter } from '../runtimes/sandbox/confinement/seccomp.ts'
import { packageDirectories } from './packages.ts'

/** Why there is no sandbox, and the command that fixes it. */
export interface MissingSupport {
  what: string
  fix: string
}

export interface StoreSandboxSpec {
  perl: string
  bwrap: string
  /** Path of the seccomp filter; '' for none. */
  filter: string
  dataDir: string
  /** Memory limit of the engine; it also determines the tmpfs and the control group. */
  memoryBytes: number
  env: Readonly<Record<string, string>>
}

const HERE = import.meta.dirname
const LAUNCH = join(HERE, 'store-launch.pl')
const GROUPS = fileURLToPath(new URL('../runtimes/sandbox/guest/cgroup.pl', import.meta.url))
/** Dynamic loaders by processor. */
const LOADERS = ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1']
const SOURCES = join(HERE, '../clickhouse-endpoint')
const PACKAGE = join(HERE, '..', '..', 'package.json')
/** Packages that the endpoint imports. */
export const IMPORTED = ['chdb', 'lz4-napi', 'zod']
/** Memory beyond the engine's limit: Node, buffers, dirty pages. */
const OVERHEAD_BYTES = 1_073_741_824

/** The tools for a sandbox, or what is missing. */
export async function findStoreTools(
  path: string,
): Promise<{ perl: string; bwrap: string } | { missing: MissingSupport }> {
  const bwrap = findExecutable('bwrap', path)
  if (bwrap === null) return { missing: { what: 'bubblewrap was not found', fix: INSTALL_BWRAP } }
  const version = await askVersion(bwrap)
  if (!isRecent(version))
    return {
      missing: { what: `bubblewrap ${version ?? ''} is too old, 0.8 is needed`, fix: INSTALL_BWRAP },
    }
  const perl = findExecutable('perl', path)
  if (perl === null) return { missing: { what: 'perl was not found', fix: 'apt-get install -y perl-base' } }
  return { perl, bwrap }
}

/** What a failed start was missing, from its log; null when it failed for another reason. */
export function readMissingSupport(log: string): MissingSupport | null {
  const complaint = /^\s*(?<complaint>bwrap: .*)$/mu.exec(log)?.groups?.['complaint']
  return complaint === undefined ? null : refusedNamespaces(complaint)
}

export function refusedNamespaces(complaint: string): MissingSupport {
  return { what: `namespaces are refused: ${complaint}`, fix: allowNamespaces() }
}

/** Writes the seccomp filter below `home`; '' on an unsupported processor. */
export async function writeFilter(home: string): Promise<string> {
  const filter = makeSeccompFilter(process.arch)
  if (filter === null) return ''
  const path = join(home, 'store-seccomp.bpf')
  await writeFile(path, filter, { mode: 0o600 })
  return path
}

/** Removes the control groups of stores that no longer run. */
export async function sweepStoreGroups(perl: string): Promise<void> {
  await promisify(execFile)(perl, [LAUNCH, GROUPS, 'sweep'], { env: {} })
}

/**
 * The command line that precedes a command to run it in the sandbox, without /proc, /sys, /etc and home. The data directory
 * is also at a path without names of the host, which the engine uses; what it stores are relative paths.
 */
export async function storeSandbox(spec: StoreSandboxSpec): Promise<string[]> {
  await mkdir(spec.dataDir, { recursive: true, mode: 0o700 })
  const scratch = Math.floor(spec.memoryBytes / 2)
  return [
    spec.perl,
    LAUNCH,
    GROUPS,
    String(spec.memoryBytes + scratch + OVERHEAD_BYTES),
    spec.filter,
    spec.bwrap,
    ...NAMESPACES,
    '--unshare-net',
    ...Object.entries(spec.env).flatMap(([name, value]) => ['--setenv', name, value]),
    ...systemLibraries(),
    ...`--dev /dev --size ${scratch} --tmpfs /dev/shm`.split(' '),
    ...[process.execPath, SOURCES, PACKAGE, ...packageDirectories(IMPORTED, HERE)].flatMap(readOnly),
    '--bind',
    spec.dataDir,
    spec.dataDir,
    '--bind',
    spec.dataDir,
    MOUNTED_DATA,
    ...`--remount-ro /dev --remount-ro / --chdir / ${RUN_RIGHTS}`.split(' '),
    ...(spec.filter === '' ? [] : ['--seccomp', '9']),
  ]
}

/** The loader, the system directories of the libraries that this process uses, and its libraries elsewhere. */
function systemLibraries(): string[] {
  const loaded = readFileSync('/proc/self/maps', 'utf8')
    .split('\n')
    .map((line) => line.slice(line.indexOf('/')))
    .filter((path) => /^\/[^ ]*\.so[.\d]*$/u.test(path) && !path.includes('/node_modules/'))
  const ofSystem = loaded.filter((path) => /^(?:\/usr)?\/lib/u.test(path))
  const directories = new Set([...ofSystem.map((path) => dirname(path)), '/usr/lib64'])
  const elsewhere = new Set(loaded.filter((path) => !ofSystem.includes(path)))
  const loaders = LOADERS.filter((path) => existsSync(path)).map((path) =>
    join(realpathSync(dirname(path)), basename(path)),
  )
  const links = ['/lib', '/lib64'].filter((path) => existsSync(path))
  return [
    ...[...directories].filter((path) => existsSync(path)).flatMap(readOnly),
    ...[...loaders.filter((path) => !directories.has(dirname(path))), ...elsewhere].flatMap(readOnly),
    ...links.flatMap((path) =>
      lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : readOnly(path),
    ),
    ...(existsSync('/etc/ld.so.cache') ? readOnly('/etc/ld.so.cache') : []),
  ]
}

function readOnly(path: string): string[] {
  return ['--ro-bind', path, path]
}
