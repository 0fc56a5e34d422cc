/** The compiler's processes: one is kept, more are started while jobs wait, and no organization takes them all. */
import type { CompilerProcess } from './compiler-process.ts'

/** A process lent for one job. */
export interface Lease {
  process: CompilerProcess
  release(): void
}

interface Waiter {
  organizationId: string
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
  async acquire(organizationId: string, signal: AbortSignal): Promise<Lease | null> {
    if (signal.aborted) return null
    const { promise, resolve } = Promise.withResolvers<CompilerProcess | null>()
    const waiter = { organizationId, give: resolve }
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
    return process === null ? null : { process, release: () => this.#takeBack(process, organizationId) }
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
      const process = this.#takeIdle()
      if (process === null) {
        if (this.#lentInAll + this.#starting.size === 0) this.#start()
        return
      }
      this.#lend(process, waiter)
    }
  }

  #nextWaiter(): Waiter | undefined {
    return this.#waiting.find(({ organizationId }) => this.#mayHave(organizationId))
  }

  #lend(process: CompilerProcess, waiter: Waiter): void {
    this.#waiting = this.#waiting.filter((other) => other !== waiter)
    this.#lent.set(waiter.organizationId, this.#held(waiter.organizationId) + 1)
    this.#lentInAll += 1
    process.setRef('ref')
    waiter.give(process)
  }

  #takeIdle(): CompilerProcess | null {
    for (;;) {
      const process = this.#idle.shift()
      if (process === undefined) return null
      if (process.alive) return process
    }
  }

  /** One organization has half of them at most. */
  #mayHave(organizationId: string): boolean {
    return this.#held(organizationId) < this.#most / 2
  }

  #held(organizationId: string): number {
    return this.#lent.get(organizationId) ?? 0
  }

  /** Starts one more where somebody waits who may have it. */
  #startWanted(): void {
    const wanted = this.#waiting.filter(({ organizationId }) => this.#mayHave(organizationId)).length
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

  #takeBack(process: CompilerProcess, organizationId: string): void {
    const held = this.#held(organizationId) - 1
    if (held === 0) this.#lent.delete(organizationId)
    else this.#lent.set(organizationId, held)
    this.#lentInAll -= 1
    if (process.worn) void process.kill()
    else if (process.alive) this.#offer(process)
    this.#serve()
    this.#startWanted()
    // Whoever comes next does not wait for its start.
    if (this.#idle.length + this.#starting.size + this.#lentInAll === 0) this.#start()
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
