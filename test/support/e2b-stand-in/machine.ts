/** One sandbox of the stand-in: directories of its own, and real processes inside bubblewrap that see nothing else. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { existsSync, lstatSync, readlinkSync, type Stats } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { lstat, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { prefixBind } from '../../../src/runtimes/sandbox/confinement/bubblewrap.ts'
import { findExecutable, findPython } from '../../../src/runtimes/sandbox/find-tools.ts'
import { descendants } from '../descendants.ts'

/** What the machines are built from. */
export interface MachineTools {
  bwrap: string
  node: string
  python: { path: string; prefix: string } | null
}

/** Where the places of a sandbox are in its directory. */
const PLACES = { '/home/user': 'home', '/out': 'out', '/tmp': 'tmp' } as const

/** The tools, or null where there is no bubblewrap. */
export async function findMachineTools(): Promise<MachineTools | null> {
  const path = process.env['PATH'] ?? ''
  const bwrap = findExecutable('bwrap', path)
  if (bwrap === null) return null
  return { bwrap, node: process.env['E2B_STAND_IN_NODE'] ?? process.execPath, python: await findPython(path) }
}

/** One process as the process API shows it. */
export interface MachineProcess {
  pid: number
  child: ChildProcessWithoutNullStreams
  config: { cmd: string; args: string[]; envs: Record<string, string>; cwd: string }
  /** Streams that get its output: of the request that started it, and of those that connected later. */
  followers: Set<ServerResponse>
  /** Resolves once its output was passed on; set by whoever passes it on. */
  ended: Promise<ProcessEnd>
}

export interface ProcessEnd {
  code: number | null
  signal: string | null
}

export class Machine {
  readonly processes = new Map<number, MachineProcess>()
  readonly #tools: MachineTools
  readonly #directory: string
  readonly #envs: Record<string, string>

  private constructor(tools: MachineTools, directory: string, envs: Record<string, string>) {
    this.#tools = tools
    this.#directory = directory
    this.#envs = envs
  }

  static async boot(tools: MachineTools, envs: Record<string, string>): Promise<Machine> {
    const directory = await mkdtemp(join(tmpdir(), 'e2b-stand-in-'))
    await Promise.all(Object.values(PLACES).map((name) => mkdir(join(directory, name))))
    const machine = new Machine(tools, directory, envs)
    await machine.#renewBootId()
    return machine
  }

  /** Stops every process where it is. */
  freeze(): void {
    for (const root of this.processes.keys()) signalTree(root, 'SIGSTOP')
  }

  thaw(): void {
    for (const root of this.processes.keys()) signalTree(root, 'SIGCONT')
  }

  /** Ends every process; the files stay. */
  async reboot(): Promise<void> {
    await this.#endProcesses()
    await this.#renewBootId()
  }

  async write(path: string, content: Uint8Array): Promise<void> {
    const target = this.#resolve(path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, content)
  }

  async read(path: string): Promise<Buffer> {
    return readFile(this.#resolve(path))
  }

  /** What lies at `path`, itself or as the target of a link; throws where nothing does. */
  async stat(path: string): Promise<{ path: string; stats: Stats }> {
    return { path: absolute(path), stats: await lstat(this.#resolve(path)) }
  }

  start(config: MachineProcess['config'], stdin: 'open' | 'none'): MachineProcess {
    const child = spawn(this.#tools.bwrap, [...this.#view(config), config.cmd, ...config.args], {
      detached: true,
      env: {},
    })
    child.stdin.on('error', () => undefined) // a process that is gone takes no input
    if (stdin === 'none') child.stdin.end()
    const ended = new Promise<ProcessEnd>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }))
    })
    const process_ = { pid: child.pid ?? -1, child, config, followers: new Set<ServerResponse>(), ended }
    this.processes.set(process_.pid, process_)
    child.once('exit', () => this.processes.delete(process_.pid))
    return process_
  }

  kill(pid: number): boolean {
    if (!this.processes.has(pid)) return false
    process.kill(-pid, 'SIGKILL')
    return true
  }

  /** Ends everything and resolves when the last process is gone. */
  async halt(): Promise<void> {
    await this.#endProcesses()
    await rm(this.#directory, { recursive: true, force: true, maxRetries: 5 })
  }

  async #endProcesses(): Promise<void> {
    const gone = [...this.processes.values()].map(
      ({ child }) => new Promise((resolve) => child.once('exit', resolve)),
    )
    for (const pid of this.processes.keys()) this.kill(pid)
    await Promise.all(gone)
  }

  #renewBootId(): Promise<void> {
    return writeFile(join(this.#directory, 'boot_id'), `${randomUUID()}\n`)
  }

  #resolve(path: string): string {
    const whole = absolute(path)
    for (const [place, name] of Object.entries(PLACES)) {
      if (whole.startsWith(`${place}/`)) return join(this.#directory, name, whole.slice(place.length + 1))
    }
    throw Object.assign(new Error(`open ${whole}: permission denied`), { code: 'EACCES' })
  }

  #view({ envs, cwd }: MachineProcess['config']): string[] {
    const { node, python } = this.#tools
    const user = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/home/user', USER: 'user', LOGNAME: 'user' }
    const env = { ...user, ...this.#envs }
    const prefix = python === null ? [] : prefixBind(python.prefix)
    return [
      ...'--unshare-user --unshare-pid --unshare-ipc --unshare-uts --unshare-net --uid 1000 --gid 1000'.split(
        ' ',
      ),
      ...'--hostname e2b.local --die-with-parent --clearenv --cap-drop ALL --proc /proc --dev /dev'.split(
        ' ',
      ),
      ...Object.entries({ ...env, ...envs }).flatMap(([name, value]) => ['--setenv', name, value]),
      ...[
        '/usr/bin',
        '/usr/lib',
        '/usr/lib64',
        '/usr/share',
        '/etc/alternatives',
        '/etc/ld.so.cache',
      ].flatMap((path) => (existsSync(path) ? ['--ro-bind', path, path] : [])),
      ...['/bin', '/lib', '/lib64'].flatMap((path) => sameAs(path)),
      '--ro-bind',
      node,
      '/usr/local/bin/node',
      ...prefix.flatMap(([from, to]) => ['--ro-bind', from, to]),
      ...(python === null || prefix.length === 0 ? [] : ['--symlink', python.path, '/usr/local/bin/python3']),
      ...Object.entries(PLACES).flatMap(([place, name]) => ['--bind', join(this.#directory, name), place]),
      '--ro-bind',
      join(this.#directory, 'boot_id'),
      '/proc/sys/kernel/random/boot_id',
      '--chdir',
      cwd === '' ? '/home/user' : cwd,
    ]
  }
}

/** A path as the sandbox has it; relative ones begin at the user's home. */
export function absolute(path: string): string {
  return normalize(path.startsWith('/') ? path : `/home/user/${path}`)
}

/** Repeats until no process is new: what is stopped forks no more. */
function signalTree(root: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
  const reached = new Set<number>()
  for (let fresh = [root]; fresh.length > 0;) {
    for (const pid of fresh) {
      reached.add(pid)
      try {
        process.kill(pid, signal)
      } catch {
        // it has ended by itself
      }
    }
    fresh = descendants(root).flatMap(({ pid }) => (reached.has(pid) ? [] : [pid]))
  }
}

function sameAs(path: string): string[] {
  if (!existsSync(path)) return []
  return lstatSync(path).isSymbolicLink()
    ? ['--symlink', readlinkSync(path), path]
    : ['--ro-bind', path, path]
}
