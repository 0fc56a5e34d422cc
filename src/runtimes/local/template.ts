/** How the sandbox of a run is made; the same for all runs of a guest within the same limits. */
import { rm } from 'node:fs/promises'
import type { Limits } from '../../execution.ts'
import { makeBounds } from './job.ts'
import type { SandboxNetwork } from '../sandbox/confinement/bubblewrap.ts'
import { Sandbox, type Bounds } from '../sandbox/sandbox.ts'
import type { HostSupport } from '../sandbox/host-support.ts'
import type { Guest } from '../sandbox/guests.ts'
import type { LocalOptions, LocalTemplate, SandboxHost } from '../sandbox/host.ts'
import {
  planForkServer,
  planLaunch,
  runDirectory,
  type SandboxConfig,
} from '../sandbox/confinement/launch-command.ts'

/** The template for `guest` within `limits`, made once; one with a way out of its own is made for its run alone. */
export function findTemplate(
  host: SandboxHost,
  support: HostSupport,
  { forkServer = 'auto' }: LocalOptions,
  guest: Guest,
  limits: Limits,
  network: SandboxNetwork,
): LocalTemplate {
  const bounds = makeBounds(limits, guest, support)
  // Without a control group the supervisor itself has to watch the tree; only perl's does.
  const interpreter = forkServer === 'auto' && support.launcher.cgroupVersion > 0 ? guest.forkServer : null
  const make = (key: string | null): LocalTemplate => {
    const config = makeConfig(support, guest, limits, network)
    const server = forkServer === 'off' ? null : planForkServer(config, interpreter)
    return { key, forkServer: server, ...makeSteps(host, config, { command: guest.command, bounds, server }) }
  }
  if (typeof network === 'object') return make(null)
  const key = JSON.stringify([guest.name, network, limits.diskBytes, bounds])
  return host.getOrCreate(key, () => make(key))
}

function makeConfig(
  support: HostSupport,
  guest: Guest,
  limits: Limits,
  network: SandboxNetwork,
): SandboxConfig {
  const { isolation, tools, files, launcher } = support
  return {
    isolation,
    tools,
    files,
    binds: guest.binds,
    network,
    diskBytes: limits.diskBytes,
    cpus: launcher.cpus,
    seccomp: isolation === 'namespace' ? files.seccomp : '',
  }
}

function makeSteps(
  host: SandboxHost,
  config: SandboxConfig,
  {
    command,
    bounds,
    server,
  }: { command: readonly string[]; bounds: Bounds; server: LocalTemplate['forkServer'] },
): Pick<LocalTemplate, 'start' | 'discard'> {
  return {
    async start() {
      const directory = runDirectory(config)
      const launch = planLaunch(config, command, directory)
      return { sandbox: await Sandbox.start(await host.borrow(server), launch, bounds), directory }
    },
    async discard({ sandbox, directory }) {
      await sandbox.discard()
      host.giveBack(sandbox.slot, server)
      if (config.isolation === 'process') await rm(directory, { recursive: true, force: true })
    },
  }
}
