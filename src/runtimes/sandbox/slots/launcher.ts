/** The small process that forks sandboxes for us, and its slots. Talks lines; see guest/launcher.pl. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { Slot } from './slot.ts'

const START_TIMEOUT_MS = 10_000
/** User ids of slots leave eight bits for the number. */
const MAX_SLOTS = 256

/** How to start a launcher. */
export interface LauncherOptions {
  perl: string
  guestDir: string
  /** `drop`: every slot gets a user id of its own (needs root). */
  users: 'own' | 'drop'
  cgroups: 'auto' | 'off'
}

interface Waiter {
  resolve(slot: Slot): void
  reject(error: Error): void
}

/** A running launcher. It dies with this process: its stdin is the tie. */
export class Launcher {
  readonly cgroupVersion: number
  /** Processors a quota leaves worth using; null where all are. */
  readonly cpus: number | null
  #child: ChildProcess
  #waiters = new Map<number, Waiter>()
  #slots = new Map<number, Slot>()
  #alive = true
  #exited: Promise<void>

  private constructor(
    child: ChildProcess,
    [version = 0, cpus = 0]: readonly number[],
    exited: Promise<void>,
  ) {
    this.#child = child
    this.cgroupVersion = version
    this.cpus = cpus === 0 ? null : cpus
    this.#exited = exited
  }

  /** Starts the process. @throws {Error} with its own words when it does not come up. */
  static async start(options: LauncherOptions): Promise<Launcher> {
    const child = spawn(
      options.perl,
      [`${options.guestDir}/launcher.pl`, options.guestDir, options.users, process.arch, options.cgroups],
      { stdio: ['pipe', 'pipe', 'pipe'], env: {}, detached: true },
    )
    child.stdin.on('error', () => undefined) // its end is seen by `exit`
    let complaint = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2000)
    })
    const exited = new Promise<void>((resolve) => {
      child.once('exit', () => resolve())
      child.once('error', () => resolve())
    })
    const lines = createInterface({ input: child.stdout })
    const numbers = await firstLine(lines, exited, () => complaint)
    const launcher = new Launcher(child, numbers, exited)
    lines.on('line', (line) => launcher.#take(line))
    void exited.then(() => launcher.#end(complaint))
    child.unref()
    for (const stream of child.stdio) setRef(stream, 'unref')
    return launcher
  }

  get alive(): boolean {
    return this.#alive
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** A new slot, ready for its first run. */
  addSlot(): Promise<Slot> {
    if (!this.#alive) return Promise.reject(new Error('the launcher process has ended'))
    let number = 0
    while (this.#slots.has(number) || this.#waiters.has(number)) number += 1
    if (number >= MAX_SLOTS) return Promise.reject(new Error(`all ${MAX_SLOTS} slots are taken`))
    return new Promise<Slot>((resolve, reject) => {
      this.#waiters.set(number, { resolve, reject })
      setRef(this.#child.stdout, 'ref')
      this.#child.stdin?.write(`slot ${number}\n`)
    })
  }

  /** Ends every slot and the process; resolves when it is gone. */
  async close(): Promise<void> {
    for (const slot of this.#slots.values()) slot.close()
    this.#child.stdin?.end()
    this.#child.ref()
    await this.#exited
  }

  #take(line: string): void {
    this.#takeLine(line)
    if (this.#waiters.size === 0) setRef(this.#child.stdout, 'unref')
  }

  #takeLine(line: string): void {
    const [verb, number, ...rest] = line.split(' ')
    const id = Number(number)
    if (verb === 'slot') this.#welcome(id, rest.map(Number))
    if (verb !== 'gone') return
    this.#slots.get(id)?.close()
    this.#slots.delete(id)
    this.#waiters.get(id)?.reject(new Error(`the sandbox slot ended: ${rest.join(' ')}`))
    this.#waiters.delete(id)
  }

  #welcome(id: number, numbers: readonly number[]): void {
    const [pid = 0, control = 0, lines = 0, version = 0] = numbers
    const waiter = this.#waiters.get(id)
    this.#waiters.delete(id)
    try {
      const slot = new Slot({ pid, control, lines, cgroup: version > 0 })
      this.#slots.set(id, slot)
      waiter?.resolve(slot)
    } catch (error) {
      waiter?.reject(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #end(complaint: string): void {
    this.#alive = false
    for (const slot of this.#slots.values()) slot.retire()
    for (const waiter of this.#waiters.values())
      waiter.reject(new Error(`the launcher process has ended ${complaint}`))
    this.#waiters.clear()
  }
}

async function firstLine(
  lines: ReturnType<typeof createInterface>,
  exited: Promise<void>,
  complaint: () => string,
): Promise<number[]> {
  const line = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error('the launcher did not answer within 10 s')),
      START_TIMEOUT_MS,
    )
    lines.once('line', (text) => {
      clearTimeout(timer)
      resolve(text)
    })
    const fail = (): void => {
      clearTimeout(timer)
      reject(new Error(`the launcher ended at once: ${complaint()}`))
    }
    void exited.then(fail)
  })
  return line.split(' ').slice(2).map(Number)
}

/** A launcher that only waits does not keep this process alive. */
function setRef(stream: unknown, how: 'ref' | 'unref'): void {
  if (typeof stream !== 'object' || stream === null) return
  const method: unknown = Reflect.get(stream, how)
  if (typeof method === 'function') Reflect.apply(method, stream, [])
}
