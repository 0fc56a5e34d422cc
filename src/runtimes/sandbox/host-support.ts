/** What this host supports: the tools found, the strongest confinement that truly works, and what is missing. */
import { messageOf } from '../../errors.ts'
import type { Isolation, Limit } from '../../execution.ts'
import { encodeStart } from './records.ts'
import { Sandbox } from './sandbox.ts'
import { findTools, isPublic, type HostTools } from './find-tools.ts'
import { compilePythonGuest, layOutGuestFiles, shareFile, type GuestFiles } from './guest-files.ts'
import { allowNamespaces } from './namespaces-remedy.ts'
import type { LocalOptions } from './options.ts'
import { Launcher } from './slots/launcher.ts'
import { launchCommand } from './confinement/launch-command.ts'

/** What a host supports, and the launcher that was started to find out. */
export interface HostSupport {
  tools: HostTools
  files: GuestFiles
  launcher: Launcher
  isolation: Extract<Isolation, 'namespace' | 'process'>
  users: 'own' | 'drop'
  enforces: readonly Limit[]
  missing: readonly { what: string; fix: string }[]
  notes: readonly string[]
}

export const INSTALL_BWRAP =
  'apt-get install -y bubblewrap (Debian, Ubuntu), dnf install bubblewrap (Fedora), apk add bubblewrap (Alpine)'

/** Thrown where nothing can run; carries the command that helps. */
export class SandboxUnsupportedError extends Error {
  readonly fix: string
  constructor(message: string, fix: string) {
    super(message)
    this.fix = fix
  }
}

/**
 * Looks for tools on `path` and tries confinements from the strongest down; each attempt is a real sandbox.
 * @throws {SandboxUnsupportedError} when not even a plain process can be supervised.
 */
export async function detectHostSupport(options: LocalOptions): Promise<HostSupport> {
  const [tools, files] = await Promise.all([findTools(options.path), layOutGuestFiles()])
  if (tools.perl === null) {
    await files.remove()
    throw new SandboxUnsupportedError(
      'perl was not found; it supervises every run',
      'apt-get install -y perl-base',
    )
  }
  const complaints: string[] = []
  try {
    const shared = await shareInterpreters(tools, files)
    for (const attempt of attempts(shared, options)) {
      const found = await tryConfinement(shared, files, attempt).catch((error: unknown) => {
        complaints.push(`${attempt.isolation}: ${messageOf(error)}`)
        return null
      })
      if (found !== null) return describe(shared, files, found, complaints)
    }
  } catch (error) {
    complaints.push(String(error))
  }
  await files.remove()
  throw new SandboxUnsupportedError(`no sandbox starts on this host: ${complaints.join('; ')}`, INSTALL_BWRAP)
}

/** The code runs under another user where we are root; an interpreter under /root has to be made reachable. */
async function shareInterpreters(tools: HostTools, files: GuestFiles): Promise<HostTools> {
  const pythonCompiled =
    tools.python !== null &&
    (await compilePythonGuest(files, tools.python.path).then(
      () => true,
      () => false, // the source serves as well
    ))
  if (process.getuid?.() !== 0 || isPublic(tools.node)) return { ...tools, pythonCompiled }
  return { ...tools, pythonCompiled, node: await shareFile(tools.node, files.directory, 'node') }
}

interface Attempt {
  isolation: 'namespace' | 'process'
  users: 'own' | 'drop'
  cgroups: 'auto' | 'off'
}

function attempts(tools: HostTools, options: LocalOptions): Attempt[] {
  const root = process.getuid?.() === 0
  const users: readonly Attempt['users'][] = root ? ['drop', 'own'] : ['own']
  const kinds: readonly Attempt['isolation'][] =
    options.namespaces !== 'off' && isRecent(tools.bwrapVersion) ? ['namespace', 'process'] : ['process']
  return kinds.flatMap((isolation) =>
    users.map((user) => ({ isolation, users: user, cgroups: options.cgroups ?? 'auto' })),
  )
}

/** `--disable-userns` and `--size` came with 0.8. */
export function isRecent(version: string | null): boolean {
  if (version === null) return false
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 0 || minor >= 8
}

const PROBE = { nonce: 'probe', watches: [], files: [], head: '', input: '', cpuMs: null }
const UNBOUND = { rlimits: [], memoryBytes: null, pids: null }

async function tryConfinement(
  tools: HostTools,
  files: GuestFiles,
  attempt: Attempt,
): Promise<{ launcher: Launcher; attempt: Attempt; cgroup: boolean }> {
  const launcher = await Launcher.start({
    perl: tools.perl ?? '',
    guestDir: files.directory,
    users: attempt.users,
    cgroups: attempt.cgroups,
  })
  try {
    const slot = await launcher.addSlot()
    const command = launchCommand(
      {
        isolation: attempt.isolation,
        tools,
        files,
        binds: [],
        network: 'none',
        diskBytes: 1_048_576,
        cpus: launcher.cpus,
        seccomp: files.seccomp,
      },
      ['/bin/sh', '-c', 'exit 0'],
    )
    const launch = { command, seccomp: files.seccomp, fork: [] }
    const sandbox = await Sandbox.start(slot, encodeStart(launch, UNBOUND))
    if (sandbox === null) throw new Error('the slot of the probe died')
    await tryRun(sandbox)
    await sandbox.cleared
    slot.close()
    return { launcher, attempt, cgroup: slot.cgroup }
  } catch (error) {
    await launcher.close()
    throw error
  }
}

/** @throws {Error} in words of bubblewrap, where the sandbox did not run its program */
async function tryRun(sandbox: Sandbox): Promise<void> {
  const { supervisor, setupStderr } = await sandbox.run(PROBE, {
    signal: AbortSignal.timeout(5000),
    onOutput: () => undefined,
    onRunning: () => undefined,
  })
  if (typeof supervisor === 'object' && supervisor?.exitCode === 0) return
  throw new Error(setupStderr === '' ? 'the probe did not end well' : setupStderr)
}

function describe(
  tools: HostTools,
  files: GuestFiles,
  found: { launcher: Launcher; attempt: Attempt; cgroup: boolean },
  complaints: readonly string[],
): HostSupport {
  const { launcher, attempt, cgroup } = found
  const missing: { what: string; fix: string }[] = []
  const notes: string[] = []
  if (attempt.isolation === 'process') {
    const old = describeOld(tools)
    const refused =
      complaints.length === 0 ? old : `namespaces are refused: ${[...new Set(complaints)].join('; ')}`
    missing.push({ what: refused, fix: complaints.length === 0 ? INSTALL_BWRAP : allowNamespaces() })
    notes.push(
      'code runs as a plain process: it sees the host’s files and reaches the host’s network, also with network "none"',
    )
  }
  if (!cgroup)
    notes.push(
      'no control group can be written: limits are per process and memory is that of the largest one',
    )
  const enforces: Limit[] = ['time', 'cpu', 'memory', 'output', 'files']
  if (cgroup || attempt.users === 'drop') enforces.push('pids')
  if (attempt.isolation === 'namespace') enforces.push('disk')
  return { tools, files, launcher, ...attempt, enforces, missing, notes }
}

function describeOld({ bwrap, bwrapVersion }: HostTools): string {
  if (bwrap === null) return 'bubblewrap was not found'
  if (isRecent(bwrapVersion)) return 'namespaces are switched off'
  return `bubblewrap ${bwrapVersion ?? ''} is too old, 0.8 is needed`
}
