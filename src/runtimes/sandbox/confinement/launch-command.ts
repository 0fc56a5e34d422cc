/** The whole command of one run: sandbox (or not), supervisor, interpreter. */
import { randomUUID } from 'node:crypto'
import { basename, join } from 'node:path'
import { EGRESS_PORT, sandboxCommand, SANDBOX_PATHS, type SandboxNetwork } from './bubblewrap.ts'
import type { HostTools } from '../find-tools.ts'
import type { GuestFiles } from '../guest-files.ts'
import type { Launch } from '../slots/control-record.ts'
import type { ForkServer } from '../slots/slot.ts'

/** What `/out` may give back. */
export const OUT_MAX_FILES = 256
export const OUT_MAX_BYTES = 33_554_432

/** How one run is confined, and where. */
export interface SandboxConfig {
  isolation: 'namespace' | 'process'
  tools: HostTools
  files: GuestFiles
  binds: readonly (readonly [string, string])[]
  network: SandboxNetwork
  diskBytes: number
  /** Processors that programs may count; null for all there are. */
  cpus: number | null
  /** Path of the seccomp filter, '' for none. */
  seccomp: string
}

/** The directory of a run without namespaces; inside a sandbox it is always the same. */
export function runDirectory(config: SandboxConfig): string {
  return config.isolation === 'namespace' ? '/tmp' : join(config.files.runs, randomUUID())
}

/** How a run of `command` is started, by a fork server where the place allows one. */
export function planLaunch(config: SandboxConfig, command: readonly string[], directory: string): Launch {
  return {
    command: launchCommand(config, command, directory),
    seccomp: config.seccomp,
    fork: canFork(config)
      ? [String(config.diskBytes), ...supervisorArguments(config, command, directory)]
      : [],
  }
}

/**
 * The fork server for runs as `config` says: `interpreter` with its program, or perl's, which starts the interpreter
 * again for each. Null where each run has to start from nothing.
 */
export function planForkServer(
  config: SandboxConfig,
  interpreter: readonly string[] | null,
): ForkServer | null {
  if (!canFork(config)) return null
  const filter = config.seccomp === '' ? '' : `${SANDBOX_PATHS.guest}/${basename(config.seccomp)}`
  const program = interpreter ?? [config.tools.perl ?? 'perl', `${SANDBOX_PATHS.guest}/fork-server.pl`]
  return {
    key: JSON.stringify([program, config.binds]),
    command: wrapInBubblewrap(config, [...program, SANDBOX_PATHS.guest, process.arch, filter], 'fork-server'),
  }
}

/** Neither a network of the host's own nor a way out can be given to a child of one that has none. */
function canFork(config: SandboxConfig): boolean {
  return config.isolation === 'namespace' && config.network === 'none'
}

/** Puts the supervisor, and the sandbox where there is one, around `command`. */
export function launchCommand(
  config: SandboxConfig,
  command: readonly string[],
  directory: string = runDirectory(config),
): string[] {
  const { isolation, tools, files } = config
  const inside = isolation === 'namespace'
  const supervisor = [
    tools.perl ?? 'perl',
    `${inside ? SANDBOX_PATHS.guest : files.directory}/supervisor.pl`,
    ...supervisorArguments(config, command, directory),
  ]
  return inside ? wrapInBubblewrap(config, supervisor, 'run') : supervisor
}

function supervisorArguments(config: SandboxConfig, command: readonly string[], directory: string): string[] {
  return [
    config.isolation === 'namespace' ? 'pid1' : 'subreaper',
    process.arch,
    `${directory}/work`,
    `${directory}/out`,
    String(OUT_MAX_FILES),
    String(OUT_MAX_BYTES),
    ...forwarderCommand(config),
    ...command,
  ]
}

/** What stands before the interpreter where the network is a proxy: it carries the sandbox's loopback there. */
function forwarderCommand({ network, tools }: SandboxConfig): string[] {
  if (typeof network !== 'object') return []
  const program = `${SANDBOX_PATHS.guest}/forwarder.pl`
  return [tools.perl ?? 'perl', program, SANDBOX_PATHS.egress, String(EGRESS_PORT)]
}

/** A fork server takes no filter itself: it mounts, and each of its children loads the filter. */
function wrapInBubblewrap(
  config: SandboxConfig,
  command: readonly string[],
  purpose: 'run' | 'fork-server',
): string[] {
  return sandboxCommand(
    {
      bwrap: config.tools.bwrap ?? 'bwrap',
      guestDir: config.files.directory,
      binds: config.binds,
      diskBytes: config.diskBytes,
      network: config.network,
      cpus: config.cpus,
      filtered: purpose === 'run' && config.seccomp !== '',
      purpose,
    },
    command,
  )
}
