/** How the sandbox of a run is made; the same for all runs of a guest within the same limits. */
import { rm } from 'node:fs/promises'
import type { Limits } from '../../execution.ts'
import { makeBounds } from './job.ts'
import type { SandboxNetwork } from '../sandbox/confinement/bubblewrap.ts'
import { Sandbox, type Bounds } from '../sandbox/sandbox.ts'
import type { Footing } from '../sandbox/host-support.ts'
import type { Guest } from '../sandbox/guests.ts'
import type { LocalOptions, LocalRecipe, SandboxHost } from '../sandbox/host.ts'
import { planForker, planLaunch, runDirectory, type Place } from '../sandbox/confinement/launch-command.ts'

/** The recipe for `guest` within `limits`, made once; one with a way out of its own is made for its run alone. */
export function findRecipe(
  host: SandboxHost,
  footing: Footing,
  { forkServer = 'auto' }: LocalOptions,
  guest: Guest,
  limits: Limits,
  network: SandboxNetwork,
): LocalRecipe {
  const bounds = makeBounds(limits, guest, footing)
  // Without a control group the supervisor itself has to watch the tree; only perl's does.
  const forks = forkServer === 'auto' && footing.launcher.cgroupVersion > 0 ? guest.forks : null
  const make = (key: string | null): LocalRecipe => {
    const place = makePlace(footing, guest, limits, network)
    const forker = forkServer === 'off' ? null : planForker(place, forks)
    return { key, forker, ...makeSteps(host, place, { command: guest.command, bounds, forker }) }
  }
  if (typeof network === 'object') return make(null)
  const key = JSON.stringify([guest.name, network, limits.diskBytes, bounds])
  return host.recall(key, () => make(key))
}

function makePlace(footing: Footing, guest: Guest, limits: Limits, network: SandboxNetwork): Place {
  const { isolation, tools, files, launcher } = footing
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
  place: Place,
  { command, bounds, forker }: { command: readonly string[]; bounds: Bounds; forker: LocalRecipe['forker'] },
): Pick<LocalRecipe, 'start' | 'discard'> {
  return {
    async start() {
      const directory = runDirectory(place)
      const launch = planLaunch(place, command, directory)
      return { sandbox: await Sandbox.start(await host.borrow(forker), launch, bounds), directory }
    },
    async discard({ sandbox, directory }) {
      await sandbox.discard()
      host.giveBack(sandbox.slot, forker)
      if (place.isolation === 'process') await rm(directory, { recursive: true, force: true })
    },
  }
}
