/**
 * The compiler's processes: one is kept, more are started while jobs wait, and no organization takes them all. The last
 * that waits is left for light organizations, which do not take far more processor time than the others.
 */
import { processorUse, type Weight } from '../processor-use.ts'
import type { CompilerProcess } from './compiler-process.ts'

/** A process lent for one job. */
export interface Lease {
  process: CompilerProcess
  release(): void
}

/** Whose code is compiled. */
export interface Owner {
  organizationId: string
  weight: Weight
}

interface Waiter {
  owner: Owner
  give: (process: CompilerProcess) => void
}

/** ms a job waits for a process at work before another is started, which takes longer than most jobs. */
const PATIENCE_MS = 20
/** ms after which a process beyond the first is ended. */
const IDLE_MS = 10_000

export class CompilerPool {
  readonly #most: number
  readonly #make: () => CompilerProcess
  #idle: CompilerProcess[] = []
  #starting = new Set<CompilerProcess>()
  #waiting: Waiter[] = []
  /** Of each organization, how many it has. */
  #lent = new Map<string, number>()
  #lentInAll = 0

  constructor(most: number, make: () => CompilerProcess) {
    this.#most = most
    this.#make = make
  }

  /** A process for one job; null when the signal comes first. */
  async acquire(owner: Owner, signal: AbortSignal): Promise<Lease | null> {
    if (signal.aborted) return null
    const { promise, resolve } = Promise.withResolvers<CompilerProcess | null>()
    const waiter = { owner, give: resolve }
    const leave = (): void => {
      if (!this.#waiting.includes(waiter)) return
      this.#waiting = this.#waiting.filter((other) => other !== waiter)
      resolve(null)
    }
    this.#waiting.push(waiter)
    signal.addEventListener('abort', leave, { once: true })
    this.#serve()
    const timer = setTimeout(() => this.#startWanted(), PATIENCE_MS)
    const process = await promise
    clearTimeout(timer)
    signal.removeEventListener('abort', leave)
    return process === null ? null : { process, release: () => this.#takeBack(process, owner) }
  }

  /** Ends the idle processes. */
  async stop(): Promise<void> {
    const unused = [...this.#idle, ...(this.#waiting.length === 0 ? this.#starting : [])]
    this.#idle = []
    for (const process of unused) this.#starting.delete(process)
    await Promise.all(unused.map((process) => process.kill()))
  }

  #serve(): void {
    for (;;) {
      const waiter = this.#nextWaiter()
      if (waiter === undefined) return
      const process = this.#takeIdle(waiter.owner.weight === 'heavy' ? 1 : 0)
      if (process === null) {
        if (this.#lentInAll + this.#starting.size === 0) this.#start()
        return
      }
      this.#lend(process, waiter)
    }
  }

  #nextWaiter(): Waiter | undefined {
    const allowed = this.#waiting.filter(({ owner }) => this.#mayHave(owner.organizationId))
    return allowed.find(({ owner }) => owner.weight === 'light') ?? allowed[0]
  }

  #lend(process: CompilerProcess, waiter: Waiter): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiter)
    const { organizationId } = waiter.owner
    this.#lent.set(organizationId, this.#held(organizationId) + 1)
    this.#lentInAll += 1
    process.setRef('ref')
    waiter.give(process)
    this.#startSpare()
  }

  /** One that is idle, where more than `kept` are. */
  #takeIdle(kept: number): CompilerProcess | null {
    this.#idle = this.#idle.filter(({ alive }) => alive)
    return this.#idle.length > kept ? (this.#idle.shift() ?? null) : null
  }

  /** One organization has half of them at most. */
  #mayHave(organizationId: string): boolean {
    return this.#held(organizationId) < this.#most / 2
  }

  #held(organizationId: string): number {
    return this.#lent.get(organizationId) ?? 0
  }

  /** Starts one more where a waiting caller may have it. */
  #startWanted(): void {
    const wanted = this.#waiting.filter(({ owner }) => this.#mayHave(owner.organizationId)).length
    if (wanted > this.#starting.size && this.#lentInAll + this.#starting.size < this.#most) this.#start()
  }

  #start(): void {
    const process = this.#make()
    this.#starting.add(process)
    void this.#welcome(process)
  }

  async #welcome(process: CompilerProcess): Promise<void> {
    await process.ready()
    if (!this.#starting.delete(process)) return
    if (process.alive) this.#offer(process)
    else this.#tellWaiter(process)
  }

  /** One that cannot be started is lent all the same: its death is the answer. */
  #tellWaiter(process: CompilerProcess): void {
    const waiter = this.#nextWaiter()
    if (waiter !== undefined) this.#lend(process, waiter)
  }

  #takeBack(process: CompilerProcess, { organizationId }: Owner): void {
    const held = this.#held(organizationId) - 1
    if (held === 0) this.#lent.delete(organizationId)
    else this.#lent.set(organizationId, held)
    this.#lentInAll -= 1
    if (process.worn) void process.kill()
    else if (process.alive) this.#offer(process)
    this.#serve()
    this.#startWanted()
    this.#startSpare()
  }

  /** Whoever comes next does not wait for the start of a process, nor for the end of another organization's job. */
  #startSpare(): void {
    const waiting = this.#idle.length + this.#starting.size
    const most = processorUse.countActive() > 1 ? this.#most : 1
    if (waiting === 0 && this.#lentInAll < most) this.#start()
  }

  #offer(process: CompilerProcess): void {
    this.#idle.unshift(process)
    this.#serve()
    if (!this.#idle.includes(process)) return
    process.setRef('unref')
    if (this.#idle.length > 1) setTimeout(() => void this.#endSpare(), IDLE_MS).unref()
  }

  /** The one unused longest is the last. */
  async #endSpare(): Promise<void> {
    const spare = this.#idle.length > 1 ? this.#idle.pop() : undefined
    await spare?.kill()
  }
}
