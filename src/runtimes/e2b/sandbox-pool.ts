/** Leases a sandbox to each run: a new one, a warm one, or the one of the same workflow execution. */
import { messageOf } from '../../errors.ts'
import type { Allocated, RuntimeRequest } from '../runtime.ts'
import type { SandboxSpec, SandboxHandle, Sandboxes } from './sandboxes.ts'

/** How sandboxes are leased. */
export interface SandboxPoolOptions {
  /** Template by request; null is the provider's default. */
  template: (request: RuntimeRequest) => string | null
  /** Sandboxes kept ready for each template in use. */
  warm: number
  reuse: 'never' | 'workflow-execution'
  /** ms a sandbox may wait unused. */
  idleMs: number
}

/** A sandbox leased to one run. */
export interface Lease {
  handle: SandboxHandle
  /** `fresh`: made for this run; others may have died while they waited. */
  origin: 'fresh' | 'warm' | 'kept'
  /** ms since the epoch. */
  leasedAtMs: number
  /** ms the sandbox had been there by then; 0 for one made for this run. */
  ageMs: number
  /** True where the options say that the next run may have it when this one is gone from it. */
  reusable: boolean
  /**
   * `reuse`: the run is known to be gone from it, so the next run may have it if the options say so.
   * Resolves to what was held for the run: the sandbox's life since the run before, or since it was asked for.
   */
  release(state: 'reuse' | 'discard'): Promise<Allocated>
}

/** Thrown when the run was ended while its sandbox was on the way. */
export class LeaseAbortedError extends Error {
  override readonly name = 'LeaseAbortedError'
}

/** ms beyond the run itself: upload, end and a slow network. The bound of a leak, should this process die. */
const MARGIN_MS = 60_000
const KEPT_MAX = 16

interface Waiting {
  handle: SandboxHandle
  timer: NodeJS.Timeout
}

export class SandboxPool {
  readonly #sandboxes: Sandboxes
  readonly #options: SandboxPoolOptions
  readonly #report: (line: string) => void
  /** By template. */
  readonly #warm = new Map<string | null, Waiting[]>()
  readonly #making = new Map<string | null, number>()
  /** By workflow execution. */
  readonly #kept = new Map<string, Waiting>()
  #closed = false

  constructor(sandboxes: Sandboxes, options: SandboxPoolOptions, report: (line: string) => void) {
    this.#sandboxes = sandboxes
    this.#options = options
    this.#report = report
  }

  /**
   * Leases a sandbox that lives long enough for the run. `only` leaves out what has waited.
   * @throws {LeaseAbortedError} when `signal` aborts; what was on the way is ended behind it
   * @throws what the SDK throws
   */
  async acquire(request: RuntimeRequest, signal: AbortSignal, only: 'fresh' | 'any' = 'any'): Promise<Lease> {
    const needMs = request.limits.timeoutMs + MARGIN_MS
    const found = only === 'fresh' ? null : await this.#findWaiting(request, needMs)
    if (found !== null) return found
    const lifeMs = keepKey(request, this.#options) === null ? needMs : needMs + this.#options.idleMs
    const spec = describeSandbox(request, this.#options, lifeMs)
    const handle = await this.#create(spec, signal)
    return this.#lease(request, handle, 'fresh')
  }

  /** Ends all that waits. */
  async close(): Promise<void> {
    this.#closed = true
    const waiting = [...this.#warm.values()].flat().concat([...this.#kept.values()])
    this.#warm.clear()
    this.#kept.clear()
    for (const { timer } of waiting) clearTimeout(timer)
    await Promise.all(waiting.map(({ handle }) => this.#sandboxes.end(handle)))
  }

  async #findWaiting(request: RuntimeRequest, needMs: number): Promise<Lease | null> {
    const key = keepKey(request, this.#options)
    const kept = key === null ? undefined : this.#kept.get(key)
    if (key !== null && kept !== undefined) {
      this.#kept.delete(key)
      if (await this.#prolong(kept, needMs)) return this.#lease(request, kept.handle, 'kept')
    }
    if (request.network !== 'none' || this.#options.warm === 0) return null
    const template = this.#options.template(request)
    const ready = this.#warm.get(template)?.shift()
    this.#fill(template)
    if (ready === undefined || !(await this.#prolong(ready, needMs))) return null
    return this.#lease(request, ready.handle, 'warm')
  }

  /** Sees to it that what has waited outlives the run; false when it is dead. */
  async #prolong({ handle, timer }: Waiting, needMs: number): Promise<boolean> {
    clearTimeout(timer)
    if (handle.endsAt - performance.now() >= needMs) return true
    try {
      await handle.sandbox.setTimeout(needMs)
      handle.endsAt = performance.now() + needMs
      return true
    } catch {
      await this.#sandboxes.end(handle) // a new one serves; the reason is reported if that fails too
      return false
    }
  }

  #lease(request: RuntimeRequest, handle: SandboxHandle, origin: Lease['origin']): Lease {
    const key = keepKey(request, this.#options)
    return {
      handle,
      origin,
      leasedAtMs: Date.now(),
      ageMs: origin === 'fresh' ? 0 : performance.now() - handle.createdAt,
      reusable: key !== null,
      release: async (state) => {
        const keptAs = state === 'reuse' && key !== null && this.#mayKeep(key) ? key : null
        if (keptAs === null) await this.#sandboxes.end(handle)
        const held = settleHeld(handle)
        if (keptAs !== null) this.#keep(keptAs, handle)
        // Last, because the provider may be slow to say it.
        return { ...(await handle.resources), held }
      },
    }
  }

  #mayKeep(key: string): boolean {
    return !this.#closed && !this.#kept.has(key) && this.#kept.size < KEPT_MAX
  }

  #keep(key: string, handle: SandboxHandle): void {
    this.#kept.set(
      key,
      this.#wait(handle, () => this.#kept.delete(key)),
    )
  }

  /** Lets a sandbox wait for its next run, not for ever. */
  #wait(handle: SandboxHandle, forget: () => void): Waiting {
    const timer = setTimeout(() => {
      forget()
      void this.#sandboxes.end(handle)
    }, this.#options.idleMs).unref()
    return { handle, timer }
  }

  async #create(spec: SandboxSpec, signal: AbortSignal): Promise<SandboxHandle> {
    if (signal.aborted) throw new LeaseAbortedError()
    const creation = this.#sandboxes.track(this.#sandboxes.create(spec))
    const aborted = new AbortController()
    const abort = new Promise<'aborted'>((resolve) => {
      signal.addEventListener('abort', () => resolve('aborted'), { once: true, signal: aborted.signal })
    })
    try {
      const first = await Promise.race([creation, abort])
      if (first !== 'aborted') return first
    } finally {
      aborted.abort()
    }
    const end = creation.then((handle) => this.#sandboxes.end(handle))
    void this.#sandboxes.track(end.catch(() => undefined)) // nothing was created, or `create` looks for it
    throw new LeaseAbortedError()
  }

  /** Makes warm sandboxes behind the run until there are enough, those on the way counted. */
  #fill(template: string | null): void {
    const waiting = this.#warm.get(template) ?? []
    this.#warm.set(template, waiting)
    const making = this.#making.get(template) ?? 0
    for (let count = waiting.length + making; count < this.#options.warm; count += 1) {
      this.#making.set(template, (this.#making.get(template) ?? 0) + 1)
      void this.#sandboxes.track(this.#warmUp(template, waiting))
    }
  }

  async #warmUp(template: string | null, waiting: Waiting[]): Promise<void> {
    try {
      const lifeMs = this.#options.idleMs + 2 * MARGIN_MS
      const metadata = { 'exectrail.warm': 'true' }
      const handle = await this.#sandboxes.create({ template, lifeMs, network: 'none', metadata })
      const entry = this.#wait(handle, () => waiting.splice(waiting.indexOf(entry), 1))
      if (this.#closed) await this.#end(entry)
      else waiting.push(entry)
    } catch (error) {
      this.#report(`no warm E2B sandbox could be made: ${messageOf(error)}`)
    } finally {
      this.#making.set(template, (this.#making.get(template) ?? 1) - 1)
    }
  }

  async #end({ handle, timer }: Waiting): Promise<void> {
    clearTimeout(timer)
    await this.#sandboxes.end(handle)
  }
}

/** The sandbox's life since what was held before, to the microsecond; the next part begins where this one ends. */
function settleHeld(handle: SandboxHandle): { fromMs: number; untilMs: number } {
  const sinceCreation = (at: number): number => Math.round((at - handle.createdAt) * 1000) / 1000
  const fromMs = sinceCreation(handle.heldUntil)
  handle.heldUntil = performance.now()
  return { fromMs, untilMs: sinceCreation(handle.heldUntil) }
}

/** Runs that share a sandbox: of one workflow execution of one organization, alike in template and network. */
function keepKey(request: RuntimeRequest, options: SandboxPoolOptions): string | null {
  if (options.reuse === 'never' || request.workflowExecutionId === null) return null
  const { organizationId, workflowExecutionId, network } = request
  return JSON.stringify([organizationId, workflowExecutionId, options.template(request), network])
}

function describeSandbox(request: RuntimeRequest, options: SandboxPoolOptions, lifeMs: number): SandboxSpec {
  const { executionId, organizationId, codeAgentId, workflowExecutionId, network } = request
  return {
    template: options.template(request),
    lifeMs,
    network,
    metadata: {
      'exectrail.execution': executionId,
      'exectrail.organization': organizationId,
      ...(codeAgentId === null ? {} : { 'exectrail.agent': codeAgentId }),
      ...(workflowExecutionId === null ? {} : { 'exectrail.workflow_execution': workflowExecutionId }),
    },
  }
}
