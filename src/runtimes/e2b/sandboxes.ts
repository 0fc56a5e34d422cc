/** Creates and ends sandboxes; none is left behind, whatever fails. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Sandbox } from 'e2b'
import type { NetworkPolicy } from '../../execution.ts'
import type { Allocated } from '../runtime.ts'
import type { OwnerLock } from './owner-lock.ts'
import { readFault } from './faults.ts'
import type { Connection, Sdk } from './sdk.ts'

/** What a sandbox is to be. */
export interface SandboxSpec {
  template: string | null
  /** ms after which the provider ends it by itself, should we not live to do it. */
  lifeMs: number
  network: NetworkPolicy
  /** Shown on the provider's pages. */
  metadata: Readonly<Record<string, string>>
}

/** What the provider gave a sandbox. */
export type Resources = Pick<Allocated, 'vcpus' | 'memoryBytes'>

/** A sandbox of ours. */
export interface SandboxHandle {
  sandbox: Sandbox
  /** By `performance.now()`: when it was asked for, and when the provider ends it. */
  createdAt: number
  endsAt: number
  /** By the same clock: its life until then was held for runs that are over. */
  heldUntil: number
  /** Asked for when it was made; never rejects. */
  resources: Promise<Resources>
}

export const EXECUTOR_KEY = 'exectrail.executor'
/** One for each try, so that a try whose answer was lost finds what it made. */
const CREATION_KEY = 'exectrail.birth'
const METADATA_MAX = 256
const KILL_PAUSES_MS = [0, 300, 1500]
/** A sandbox may appear in the list a while after its creation failed for us. */
const SEARCH_PAUSES_MS = [0, 1000, 5000]
/** How long a run waits for its sandbox to be gone before that goes on behind it. */
const END_WAIT_MS = 5000
const END_REQUEST_MS = 10_000
const RESOURCES_REQUEST_MS = 2000

export class Sandboxes {
  readonly #sdk: Sdk
  readonly #connection: Connection & { apiKey: string }
  readonly #owner: OwnerLock
  readonly #report: (line: string) => void
  readonly #pending = new Set<Promise<unknown>>()
  /** Creations and sandboxes of which it is not known whether they are gone. */
  readonly #unconfirmed = new Set<string>()
  readonly #closing = new AbortController()

  constructor(
    sdk: Sdk,
    connection: Connection & { apiKey: string },
    owner: OwnerLock,
    report: (line: string) => void,
  ) {
    this.#sdk = sdk
    this.#connection = connection
    this.#owner = owner
    this.#report = report
  }

  /**
   * Makes a sandbox. Not to be interrupted: a request that is dropped may still make one.
   * @throws what the SDK throws; a sandbox that may exist all the same is then searched for and ended
   */
  async create(spec: SandboxSpec): Promise<SandboxHandle> {
    await this.#owner.acquire()
    const id = randomUUID()
    const createdAt = performance.now()
    try {
      const sandbox = await this.#sdk.Sandbox.create({
        ...this.#connection,
        ...(spec.template === null ? {} : { template: spec.template }),
        ...networkOptions(spec.network),
        timeoutMs: spec.lifeMs,
        metadata: { ...trim(spec.metadata), [EXECUTOR_KEY]: this.#owner.executor, [CREATION_KEY]: id },
      })
      const resources = this.track(readResources(sandbox))
      return { sandbox, createdAt, endsAt: createdAt + spec.lifeMs, heldUntil: createdAt, resources }
    } catch (error) {
      if (readFault(this.#sdk, error, 'create').creation === 'unknown') void this.track(this.#search(id))
      throw error
    }
  }

  /** Ends a sandbox: at the latest after some seconds behind the caller's back. Never rejects. */
  async end(handle: SandboxHandle): Promise<void> {
    const ended = this.track(this.#kill(handle.sandbox.sandboxId))
    const waited = new AbortController()
    await Promise.race([
      ended,
      pause(END_WAIT_MS, undefined, { signal: waited.signal }).catch(() => undefined),
    ])
    waited.abort()
  }

  /** Has `close` wait for work that goes on behind a run. */
  track<T>(work: Promise<T>): Promise<T> {
    this.#pending.add(work)
    const forget = (): boolean => this.#pending.delete(work)
    work.then(forget, forget)
    return work
  }

  /** Ends every sandbox with this metadata; resolves to their number. */
  async sweep(metadata: Record<string, string>): Promise<number> {
    const pages = this.#sdk.Sandbox.list({ ...this.#connection, query: { metadata } })
    const ids: string[] = []
    while (pages.hasNext) ids.push(...(await pages.nextItems()).map(({ sandboxId }) => sandboxId))
    await Promise.all(ids.map((id) => this.#sdk.Sandbox.kill(id, this.#connection)))
    return ids.length
  }

  /** Waits for what is under way and releases the owner lock. */
  async close(): Promise<void> {
    this.#closing.abort()
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending)
    if (this.#unconfirmed.size > 0) await this.#endUnconfirmed()
    await this.#owner.release(this.#unconfirmed.size > 0 ? 'unconfirmed' : 'nothing')
  }

  async #endUnconfirmed(): Promise<void> {
    try {
      await this.sweep({ [EXECUTOR_KEY]: this.#owner.executor })
      this.#unconfirmed.clear()
    } catch (error) {
      const { message } = readFault(this.#sdk, error, 'run')
      this.#report(`E2B sandboxes may be left; the next start looks for them (${message})`)
    }
  }

  async #kill(id: string): Promise<void> {
    this.#unconfirmed.add(id)
    for (const pauseMs of KILL_PAUSES_MS) {
      try {
        await this.#rest(pauseMs)
        await this.#sdk.Sandbox.kill(id, { ...this.#connection, requestTimeoutMs: END_REQUEST_MS })
        this.#unconfirmed.delete(id)
        return
      } catch (error) {
        if (pauseMs !== KILL_PAUSES_MS.at(-1)) continue
        const { message } = readFault(this.#sdk, error, 'run')
        this.#report(`E2B sandbox ${id} could not be ended; it ends by its own timeout (${message})`)
      }
    }
  }

  async #search(spec: string): Promise<void> {
    this.#unconfirmed.add(spec)
    let failed = false
    for (const pauseMs of SEARCH_PAUSES_MS) {
      if (this.#closing.signal.aborted) return // `close` sweeps for all doubts at once
      await this.#rest(pauseMs)
      const count = await this.sweep({ [CREATION_KEY]: spec }).catch(() => null)
      failed = count === null
      if (count !== null && count > 0) break
    }
    if (!failed) this.#unconfirmed.delete(spec)
  }

  /** Waits, but not while closing. */
  async #rest(ms: number): Promise<void> {
    const { signal } = this.#closing
    await pause(ms, undefined, { signal, ref: false }).catch(() => undefined)
  }
}

/** Nulls where the provider does not say in time; the costs are unknown then. */
async function readResources(sandbox: Sandbox): Promise<Resources> {
  try {
    const { cpuCount, memoryMB } = await sandbox.getInfo({ requestTimeoutMs: RESOURCES_REQUEST_MS })
    return { vcpus: cpuCount, memoryBytes: memoryMB * 1_048_576 }
  } catch {
    return { vcpus: null, memoryBytes: null } // the run itself is served all the same
  }
}

/** Everything is cut off unless asked for. */
function networkOptions(network: NetworkPolicy) {
  if (network === 'none') return { allowInternetAccess: false }
  if (network === 'host') return { allowInternetAccess: true }
  return { network: { allowOut: [...network.allow], denyOut: ['0.0.0.0/0'] } }
}

function trim(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).map(([key, value]) => [key, value.slice(0, METADATA_MAX)]),
  )
}
