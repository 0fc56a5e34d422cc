/** The command line of the sandbox: what the code can see, and nothing else. */
import { existsSync, lstatSync, readlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import { ETC_NAMES, HIDDEN_IN_PROC } from '../guest-files.ts'

/** `egress`: path of the socket of a proxy on the host that is all of the network. */
export type SandboxNetwork = 'none' | 'host' | { egress: string }

/** What one sandbox needs beyond the fixed part. */
export interface SandboxSpec {
  bwrap: string
  /** Directory of the guest programs on the host. */
  guestDir: string
  /** Read-only binds, host path to sandbox path. */
  binds: readonly (readonly [string, string])[]
  /** Size of the one writable file system, bytes. */
  diskBytes: number
  network: SandboxNetwork
  /** Processors that programs may count; null for all there are. */
  cpus: number | null
  /** True where the seccomp filter is handed over on fd 9. */
  filtered: boolean
  /** `run`: one program. `fork-server`: the outer sandbox of many, each of which makes its own inside. */
  purpose: 'run' | 'fork-server'
}

/** Where things are inside the sandbox. */
export const SANDBOX_PATHS = {
  guest: '/run/exectrail',
  node: '/usr/local/bin/node',
  work: '/tmp/work',
  out: '/tmp/out',
  egress: '/run/exectrail-egress',
} as const

/** PATH, HOME and LANG: all the environment there is besides the caller's. */
const BASE_ENV = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  HOME: '/tmp',
  LANG: 'C.UTF-8',
} as const

/** Holds the list of processors, as the kernel writes it; the launcher makes it where there is a quota. */
const CPUS_FILE = 'online-cpus'

const CERTIFICATES = ['/etc/ssl', '/etc/ca-certificates']

/** Where a program finds the proxy on its own loopback; see guest/forwarder.pl. */
export const EGRESS_PORT = 3128
const EGRESS_URL = `http://127.0.0.1:${EGRESS_PORT}`

/** The names that curl, Python and most clients read; Node reads them on request. */
const EGRESS_ENV = {
  ...Object.fromEntries(
    ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [
      [name, EGRESS_URL],
      [name.toLowerCase(), EGRESS_URL],
    ]),
  ),
  NO_PROXY: 'localhost,127.0.0.1,::1',
  no_proxy: 'localhost,127.0.0.1,::1',
  NODE_USE_ENV_PROXY: '1',
}

const words = (line: string): string[] => line.split(' ')

export const NAMESPACES = words(
  '--unshare-user --unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup-try --uid 1000 --gid 1000 --hostname sandbox --die-with-parent --as-pid-1 --clearenv',
)

/** Root with a user namespace keeps all capabilities inside unless they are dropped. */
export const RUN_RIGHTS = '--cap-drop ALL --disable-userns'
/** To mount, raise the loopback device and drop rights, in its own user namespace; each run gives all of it up. */
const FORK_RIGHTS = ['SYS_ADMIN', 'NET_ADMIN', 'SETPCAP', 'SYS_RESOURCE']
  .map((name) => `--cap-add CAP_${name}`)
  .join(' ')

/** Arguments that put `command` into a hardened sandbox; every flag is there for a measured reason. */
export function sandboxCommand(spec: SandboxSpec, command: readonly string[]): string[] {
  const { guest } = SANDBOX_PATHS
  const disk = String(spec.diskBytes)
  return [
    spec.bwrap,
    ...NAMESPACES,
    ...(spec.network === 'host' ? [] : ['--unshare-net']),
    ...Object.entries({ ...BASE_ENV, ...(typeof spec.network === 'object' ? EGRESS_ENV : {}) }).flatMap(
      ([name, value]) => ['--setenv', name, value],
    ),
    ...systemBinds(),
    ...ETC_NAMES.flatMap((name) => ['--ro-bind', `${spec.guestDir}/etc/${name}`, `/etc/${name}`]),
    ...networkBinds(spec.network),
    // What glibc counts, and so Python; the rest goes by the affinity that the slot has set.
    ...(spec.cpus === null
      ? []
      : ['--ro-bind', `${spec.guestDir}/${CPUS_FILE}`, '/sys/devices/system/cpu/online']),
    ...spec.binds.flatMap(([from, to]) => ['--ro-bind', from, to]),
    ...words(`--proc /proc --dev /dev --ro-bind ${spec.guestDir} ${guest}`),
    // A fork server's own has to stay whole, or the kernel lets it mount no other.
    ...(spec.purpose === 'run' ? hide(spec.guestDir) : []),
    // Half of the host's memory would be writable through these otherwise.
    ...words(
      spec.purpose === 'run' ? `--size 1048576 --tmpfs /dev/shm --size ${disk} --tmpfs /tmp` : '--dir /tmp',
    ),
    ...words('--symlink tmp/out /out --symlink tmp/work /work --remount-ro /dev --remount-ro / --chdir /'),
    ...words(spec.purpose === 'run' ? RUN_RIGHTS : `--cap-drop ALL ${FORK_RIGHTS}`),
    ...(spec.filtered ? ['--seccomp', '9'] : []),
    ...command,
  ]
}

function networkBinds(network: SandboxNetwork): string[] {
  if (network === 'none') return []
  const files = network === 'host' ? ['/etc/resolv.conf', ...CERTIFICATES] : CERTIFICATES
  const present = readOnly(files.filter((path) => existsSync(path)))
  return network === 'host' ? present : [...present, '--ro-bind', network.egress, SANDBOX_PATHS.egress]
}

/** Of a /proc that lies behind another such sandbox some names are gone already. */
function hide(guestDir: string): string[] {
  return HIDDEN_IN_PROC.flatMap((name) =>
    existsSync(`/proc/${name}`) ? ['--ro-bind', `${guestDir}/empty`, `/proc/${name}`] : [],
  )
}

let cached: string[] | undefined

/** Interpreters, libraries and the shell's tools; neither /usr/local nor /etc beyond the loader's needs. */
function systemBinds(): string[] {
  cached ??= [
    ...readOnly(
      ['/usr/bin', '/usr/lib', '/usr/lib32', '/usr/lib64', '/usr/libexec', '/usr/share'].filter((path) =>
        existsSync(path),
      ),
    ),
    ...['/bin', '/lib', '/lib32', '/lib64'].flatMap((path) => topLevel(path)),
    ...readOnly(['/etc/alternatives', '/etc/ld.so.cache'].filter((path) => existsSync(path))),
  ]
  return cached
}

function readOnly(paths: readonly string[]): string[] {
  return paths.flatMap((path) => ['--ro-bind', path, path])
}

function topLevel(path: string): string[] {
  if (!existsSync(path)) return []
  return lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : readOnly([path])
}

/** Directories a bind needs when the interpreter lives outside of /usr. */
export function prefixBind(prefix: string): readonly (readonly [string, string])[] {
  const covered = ['/usr', '/bin', '/lib'].some((root) => prefix === root || dirname(prefix) === root)
  return covered && !prefix.startsWith('/usr/local') ? [] : [[prefix, prefix]]
}
