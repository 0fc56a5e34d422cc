/** The sandboxes of one runtime: detects once what the host supports, keeps slots, restarts a launcher that died. */
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import type { NetworkPolicy } from '../../execution.ts'
import { processorUse, type Meter } from '../processor-use.ts'
import type { RuntimeIo, RuntimeRequest } from '../runtime.ts'
import { makeWatches } from './bounds.ts'
import type { SandboxNetwork } from './confinement/bubblewrap.ts'
import { openEgress } from './egress/egress.ts'
import { readFairly } from './fair-output.ts'
import type { GuestFiles } from './guest-files.ts'
import type { Guest } from './guests.ts'
import { SandboxUnsupportedError, detectHostSupport, type HostSupport } from './host-support.ts'
import type { LocalOptions } from './options.ts'
import type { Job, RunFacts } from './run-facts.ts'
import { Launcher } from './slots/launcher.ts'
import { SlotPool } from './slots/slot-pool.ts'
import { WarmPool, type StartedSandbox } from './slots/warm-pool.ts'
import { Templates, type HostTemplate } from './template.ts'

/** For a run whose slot or launcher died before the program began. */
const ATTEMPTS = 3

/** Answered runs that may be cleared away behind their answers; beyond, an answer waits, so that they do not pile up. */
const MAX_CLEARING = 2 * availableParallelism()

/** A job without what the host knows best: how it is watched. */
export type GuestJob = Omit<Job, 'watches' | 'cpuMs'>

/** One run as it was observed. */
export interface SandboxRun {
  facts: RunFacts
  /** The run's directory, as the code sees it. */
  directory: string
}

/** ms of processor time that this process takes for a run that prints little. */
const OWN_MS = 3

/** Where a run takes place. */
interface Place {
  support: HostSupport
  template: HostTemplate
  organizationId: string
}

/** A job, and what counts the processor time it takes. */
interface MeteredJob {
  job: Job
  meter: Meter
}

export class SandboxHost {
  readonly #pool: WarmPool
  readonly #options: LocalOptions
  readonly #prepare: ((files: GuestFiles) => Promise<void>) | undefined
  #support: Promise<HostSupport> | null = null
  readonly #slots = new SlotPool(async () => (await this.#launcher()).addSlot())
  readonly #templates: Templates
  readonly #clearing = new Set<Promise<void>>()
  #closing: Promise<void> | null = null

  /** `prepare` adds to the guest files what only this runtime needs. */
  constructor(options: LocalOptions, prepare?: (files: GuestFiles) => Promise<void>) {
    this.#options = options
    this.#prepare = prepare
    this.#pool = new WarmPool(options.pool)
    this.#templates = new Templates(this.#slots, options)
  }

  /** What the host supports, detected at the first call. @throws {SandboxUnsupportedError} */
  support(): Promise<HostSupport> {
    if (this.#closing !== null)
      return Promise.reject(new SandboxUnsupportedError('the runtime is closed', 'make a new one'))
    this.#support ??= this.#find()
    return this.#support
  }

  /**
   * Runs `job` in a sandbox of its own: a warm one, or one started now, again where it dies before the program begins.
   * Resolves with what was observed.
   * @throws {Error} where no sandbox starts
   */
  async run(
    job: GuestJob,
    guest: Guest,
    { limits, network, organizationId }: Pick<RuntimeRequest, 'limits' | 'network' | 'organizationId'>,
    io: RuntimeIo,
  ): Promise<SandboxRun> {
    const support = await this.support()
    await using open = await openNetwork(network)
    const whole = { ...job, watches: makeWatches(limits, guest, support), cpuMs: limits.cpuMs }
    const template = this.#templates.getOrCreate(support, guest, limits, open.network)
    for (let attempt = 1; ; attempt += 1) {
      const run = await this.#runFairly({ support, template, organizationId }, whole, io)
      if (attempt >= ATTEMPTS || !isLostBeforeBegin(run.facts)) return run
    }
  }

  /** Ends everything and leaves nothing behind. */
  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #find(): Promise<HostSupport> {
    try {
      const support = await detectHostSupport(this.#options)
      await this.#prepare?.(support.files).catch(async (error: unknown) => {
        await support.launcher.close()
        await support.files.remove()
        throw error
      })
      for (const { what, fix } of support.missing) this.#options.report?.(`${what}; ${fix}`)
      return support
    } catch (error) {
      this.#support = null // the next run looks again: the reader may have installed what was missing
      throw error
    }
  }

  /** Counts what the run takes as its organization's. */
  async #runFairly(place: Place, job: Job, io: RuntimeIo): Promise<SandboxRun> {
    const meter = processorUse.meter(place.organizationId)
    let cpuMs = 0
    try {
      const run = await this.#runOnce(place, { job, meter }, io)
      cpuMs = readCpuMs(run.facts) + OWN_MS
      return run
    } finally {
      meter.end(cpuMs)
    }
  }

  async #runOnce(place: Place, { job, meter }: MeteredJob, io: RuntimeIo): Promise<SandboxRun> {
    const { template, organizationId } = place
    const { sandbox, directory } = await this.#pool.take(template, organizationId)
    sandbox.onTook = meter.reach
    if (processorUse.weigh(organizationId) === 'heavy') sandbox.slot.yieldCpu()
    try {
      return { facts: await sandbox.run(job, readFairly(io, organizationId)), directory }
    } finally {
      const clearing = this.#clear(place, { sandbox, directory })
      this.#clearing.add(clearing)
      void clearing.finally(() => this.#clearing.delete(clearing))
      if (this.#clearing.size > MAX_CLEARING) await clearing
    }
  }

  /** Makes the place of a run free for others. */
  async #clear(
    { support, template, organizationId }: Place,
    { sandbox, directory }: StartedSandbox,
  ): Promise<void> {
    await this.#slots.release(sandbox.slot, template.forkServer, sandbox.cleared)
    this.#pool.release(organizationId)
    if (support.isolation !== 'process') return
    await rm(directory, { recursive: true, force: true }).catch((error: unknown) => {
      this.#options.report?.(`the directory of a run is left: ${String(error)}; remove ${directory}`)
    })
  }

  async #launcher(): Promise<Launcher> {
    const support = await this.support()
    return support.launcher.alive ? support.launcher : this.#relaunch(support)
  }

  async #relaunch(support: HostSupport): Promise<Launcher> {
    support.launcher = await Launcher.start({
      perl: support.tools.perl ?? 'perl',
      guestDir: support.files.directory,
      users: support.users,
      cgroups: this.#options.cgroups ?? 'auto',
    })
    this.#templates.clear() // they hold what the old one found out about the host
    return support.launcher
  }

  async #end(): Promise<void> {
    const support = await this.#support?.catch(() => null)
    await Promise.all(this.#clearing)
    await this.#pool.close()
    this.#slots.close()
    if (support === null || support === undefined) return
    // One that was killed left its control groups; the next sweeps them up when it starts.
    if (!support.launcher.alive) await this.#relaunch(support).catch(() => undefined)
    await support.launcher.close()
    await support.files.remove()
    await rm(support.files.runs, { recursive: true, force: true })
  }
}

/** Processor time of the whole sandbox: that of its start, of its program and of its end. */
function readCpuMs({ slot, supervisor }: RunFacts): number {
  if (slot !== null && slot.cpuUs > 0) return slot.cpuUs / 1000
  return typeof supervisor === 'object' ? (supervisor?.cpuMs ?? 0) : 0
}

/** A slot or launcher that died before the program began: it may begin in another. */
function isLostBeforeBegin({ slot, launcherLost, guest, aborted }: RunFacts): boolean {
  return (slot === null || launcherLost) && !guest.running && !aborted
}

/** The network of one run, open for as long as it lasts. */
async function openNetwork(policy: NetworkPolicy): Promise<{ network: SandboxNetwork } & AsyncDisposable> {
  if (typeof policy === 'string') return { network: policy, [Symbol.asyncDispose]: () => Promise.resolve() }
  const egress = await openEgress(policy.allow)
  return {
    network: { egress: egress.socketPath },
    [Symbol.asyncDispose]: () => egress[Symbol.asyncDispose](),
  }
}
