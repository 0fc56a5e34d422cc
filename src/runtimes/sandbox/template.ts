/** How the sandbox of a run is started; the same for all runs of a guest within the same limits. */
import { rm } from 'node:fs/promises'
import type { Limits } from '../../execution.ts'
import { makeBounds } from './bounds.ts'
import type { SandboxNetwork } from './confinement/bubblewrap.ts'
import { planForkServer, planLaunch, runDirectory, type SandboxConfig } from './confinement/launch-command.ts'
import type { Guest } from './guests.ts'
import type { HostSupport } from './host-support.ts'
import type { LocalOptions } from './options.ts'
import { encodeStart } from './records.ts'
import { Sandbox } from './sandbox.ts'
import type { SlotPool } from './slots/slot-pool.ts'
import type { ForkServer } from './slots/slot.ts'
import type { SandboxTemplate } from './slots/warm-pool.ts'

/** A template, and the fork server that its sandboxes are best made by. */
export interface HostTemplate extends SandboxTemplate {
  forkServer: ForkServer | null
}

/** Templates kept at once; callers choose the limits. */
const MAX_TEMPLATES = 64

export class Templates {
  readonly #slots: SlotPool
  readonly #forking: NonNullable<LocalOptions['forkServer']>
  readonly #made = new Map<string, HostTemplate>()

  /** Sandboxes start in slots of `slots`. */
  constructor(slots: SlotPool, { forkServer = 'auto' }: LocalOptions) {
    this.#slots = slots
    this.#forking = forkServer
  }

  /** The template for `guest` within `limits`; one with an egress proxy is made for one run. */
  getOrCreate(support: HostSupport, guest: Guest, limits: Limits, network: SandboxNetwork): HostTemplate {
    const bounds = makeBounds(limits, guest, support)
    const config = { ...describeHost(support), binds: guest.binds, network, diskBytes: limits.diskBytes }
    // Without a control group the supervisor itself has to watch the tree; only perl's does.
    const canShare = this.#forking === 'auto' && support.launcher.cgroupVersion > 0
    const make = (key: string | null): HostTemplate => {
      const forkServer =
        this.#forking === 'off' ? null : planForkServer(config, canShare ? guest.forkServer : null)
      return { key, forkServer, ...makeSteps(this.#slots, config, { guest, bounds, forkServer }) }
    }
    if (typeof network === 'object') return make(null)
    const key = JSON.stringify([guest.name, network, limits.diskBytes, bounds])
    const known = this.#made.get(key)
    return known ?? this.#keep(key, make(key))
  }

  /** Forgets all: they depend on the launcher. */
  clear(): void {
    this.#made.clear()
  }

  #keep(key: string, template: HostTemplate): HostTemplate {
    if (this.#made.size >= MAX_TEMPLATES) this.#made.clear()
    this.#made.set(key, template)
    return template
  }
}

function describeHost({ isolation, tools, files, launcher }: HostSupport) {
  const seccomp = isolation === 'namespace' ? files.seccomp : ''
  return { isolation, tools, files, cpus: launcher.cpus, seccomp }
}

function makeSteps(
  slots: SlotPool,
  config: SandboxConfig,
  {
    guest,
    bounds,
    forkServer,
  }: { guest: Guest; bounds: ReturnType<typeof makeBounds>; forkServer: ForkServer | null },
): Pick<HostTemplate, 'start' | 'discard'> {
  const plan = (directory: string) => encodeStart(planLaunch(config, guest.command, directory), bounds)
  // Inside a sandbox the directory is always the same.
  const shared = config.isolation === 'namespace' ? plan(runDirectory(config)) : null
  return {
    async start() {
      const directory = runDirectory(config)
      const start = shared ?? plan(directory)
      return { sandbox: await slots.begin(forkServer, (slot) => Sandbox.start(slot, start)), directory }
    },
    async discard({ sandbox, directory }) {
      await slots.release(sandbox.slot, forkServer, sandbox.discard())
      if (config.isolation === 'process') await rm(directory, { recursive: true, force: true })
    },
  }
}
