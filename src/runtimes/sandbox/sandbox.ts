/** Drives one sandbox through one job: hands it over, streams the output, ends it in time, tells what happened. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { RuntimeIo } from '../runtime.ts'
import { readGuest, type GuestReport } from './wire/guest-report.ts'
import { OutputPump } from './wire/output-pump.ts'
import type { BrokenLimit, Channels, Launch, Slot, SlotEvents, SlotReport } from './slots/slot.ts'
import { parseSupervisorReport, type SupervisorReport } from './wire/supervisor-report.ts'

/** The supervisor ends a tree in 2 to 4 ms; after this the slot kills it. */
const SOFT_KILL_MS = 60
const REPORT_MAX_BYTES = 67_108_864
/** A killed sandbox closes its pipes unless a process got away. */
const LAST_WORDS_MS = 1000
/** Shorter runs are judged at their end alone and do not wake the slot beside the program. */
const WATCH_AFTER_MS = 20
/** An interpreter starts in 10 to 500 ms; one that has not by then does not. */
const START_LIMIT_MS = 60_000

/** Taking an interpreter down takes 0 to 20 ms, and is not the program's time. What takes longer is. */
const TAKE_DOWN_MS = 20

type Named = readonly (readonly [string, number])[]

/** What holds a sandbox from its first step on. */
export interface Bounds {
  /** Limits of every process, by the names of setrlimit. */
  rlimits: Named
  /** Of the whole tree. */
  memoryBytes: number | null
  pids: number | null
}

/** What the sandbox does, in the order it takes it. */
export interface Job {
  nonce: string
  /** What the supervisor has to look after itself while the program runs. */
  watches: Named
  files: readonly { path: string; content: Uint8Array }[]
  /** First line for the guest program, then the input. */
  head: string
  input: string
  cpuMs: number | null
}

/** Everything observed about one run. */
export interface RunFacts {
  guest: GuestReport
  supervisor: SupervisorReport | string | null
  slot: SlotReport | null
  broke: BrokenLimit | null
  /** The launcher died, so the run was ended. */
  launcherLost: boolean
  /** The executor asked for the end. */
  aborted: boolean
  /** From the program's first instruction to the end of its interpreter, exit handlers and all. */
  durationMs: number
  /** What was on stderr when no interpreter came up: the words of bubblewrap or of the interpreter. */
  setupStderr: string
}

/** A started sandbox that waits for its job. Serves one. */
export class Sandbox {
  readonly slot: Slot
  readonly startedAt = performance.now()
  #channels: Channels
  #done: Promise<SlotReport | null>
  #settle: (report: SlotReport | null) => void = () => undefined
  #broke: BrokenLimit | null = null
  #onBroke: (limit: BrokenLimit) => void = () => undefined
  #ended = false
  #launcherLost = false
  #ready: Promise<void>

  private constructor(slot: Slot, channels: Channels) {
    this.slot = slot
    this.#channels = channels
    this.#done = new Promise((resolve) => {
      this.#settle = resolve
    })
    const greeted = new Promise<void>((resolve) => {
      channels.result.once('readable', () => resolve())
    })
    this.#ready = Promise.race([greeted, this.#done.then(() => undefined)])
  }

  /** Starts one in `slot`. */
  static async start(slot: Slot, launch: Launch, bounds: Bounds): Promise<Sandbox> {
    const events: SlotEvents = { broke: ignore, launcherLost: ignore, done: ignore, lost: ignore }
    const channels = await slot.start(launch, events)
    for (const channel of Object.values(channels)) channel.on('error', () => undefined) // seen as its end
    const sandbox = new Sandbox(slot, channels)
    events.broke = (limit) => {
      sandbox.#broke ??= limit
      sandbox.#onBroke(limit)
    }
    events.launcherLost = () => sandbox.#loseLauncher()
    events.done = (report) => sandbox.#finish(report)
    events.lost = () => sandbox.#finish(null)
    slot.limit(bounds.memoryBytes, bounds.pids)
    channels.job.write(Buffer.concat(bounds.rlimits.flatMap((limit) => toRecord('limit', limit.join(' ')))))
    return sandbox
  }

  /** Resolves when the guest program has started and waits, or has died. */
  get ready(): Promise<void> {
    return this.#ready
  }

  /** Whether the sandbox keeps this process alive. */
  setRef(how: 'ref' | 'unref'): void {
    for (const channel of Object.values(this.#channels)) channel[how]()
    this.slot.setRef(how)
  }

  /** False once the sandbox has died, used or not. */
  get alive(): boolean {
    return !this.#ended
  }

  /** Runs the job to its end. Resolves whatever happens. */
  async run(job: Job, io: RuntimeIo): Promise<RunFacts> {
    const channels = this.#channels
    let runningAt: number | null = null
    const abort = () => this.#kill()
    this.#onBroke = abort
    io.signal.addEventListener('abort', abort, { once: true })
    this.#send(job)
    const output = new OutputPump(channels, io)
    const patience = setTimeout(abort, START_LIMIT_MS)
    if (io.signal.aborted || this.#broke !== null) this.#kill()
    const [guest, report] = await Promise.all([
      readGuest(channels.result, job.nonce, {
        onGreeting: () => {
          clearTimeout(patience)
          io.onHandedOver?.()
        },
        onVerdict: (verdict) => {
          output.begin()
          if (verdict === 'syntax') return
          runningAt = performance.now()
          io.onRunning()
          this.#unlessDone(WATCH_AFTER_MS, () => this.slot.watch(job.cpuMs))
        },
        onTooLarge: () => this.#kill(),
      }),
      readAll(channels.report),
    ])
    clearTimeout(patience)
    const endedAt = performance.now()
    const setupStderr = await output.end(guest.greeted ? 'program' : 'setup')
    const slot = await this.#done
    io.signal.removeEventListener('abort', abort)
    for (const channel of Object.values(channels)) channel.destroy()
    const supervisor = parseSupervisorReport(report)
    const overAt = whenOver(supervisor, endedAt, guest.result === null ? endedAt : guest.lastAt)
    const durationMs = runningAt === null ? 0 : Math.max(0, overAt - runningAt)
    const { aborted } = io.signal
    const launcherLost = this.#launcherLost
    return { guest, supervisor, slot, broke: this.#broke, launcherLost, aborted, durationMs, setupStderr }
  }

  /** Ends a sandbox that was never used. */
  async discard(): Promise<void> {
    this.#kill()
    await this.#done
    for (const channel of Object.values(this.#channels)) channel.destroy()
  }

  #send(job: Job): void {
    const records = [
      ...job.files.flatMap(({ path, content }) => toRecord('file', path, content)),
      ...job.watches.flatMap((watch) => toRecord('limit', watch.join(' '))),
      ...toRecord('job', '', Buffer.from(`${job.head}\n${job.input}`, 'utf8')),
    ]
    this.#channels.job.write(Buffer.concat(records))
  }

  #kill(): void {
    if (this.#ended) return
    this.#channels.job.write('kill 0 \n')
    this.#unlessDone(SOFT_KILL_MS, () => this.slot.kill())
  }

  /** Does `act` after so long, unless the slot is free by then. */
  #unlessDone(afterMs: number, act: () => void): void {
    const timer = setTimeout(act, afterMs)
    void this.#done.then(() => clearTimeout(timer))
  }

  #loseLauncher(): void {
    this.#launcherLost = true
    this.#kill()
  }

  #finish(report: SlotReport | null): void {
    this.#ended = true
    if (report === null || report.status !== 0) this.#hangUp()
    this.#settle(report)
  }

  /** A supervisor that is still there ends its tree when the job's pipe does. */
  #hangUp(): void {
    this.#channels.job.destroy()
    setTimeout(() => {
      for (const channel of Object.values(this.#channels)) channel.destroy()
    }, LAST_WORDS_MS).unref()
  }
}

const NOTHING = new Uint8Array()

/** As the supervisor takes it. */
function toRecord(verb: string, argument: string, body: Uint8Array = NOTHING): Uint8Array[] {
  return [Buffer.from(`${verb} ${body.length} ${argument}\n`), body]
}

/** The end of the program: that of its interpreter, less what taking it down can have taken since its last word. */
function whenOver(supervisor: SupervisorReport | string | null, closedAt: number, lastAt: number): number {
  if (typeof supervisor !== 'object' || supervisor === null || supervisor.endedAt === 0) return closedAt
  const ahead = Number(process.hrtime.bigint()) / 1e6 - performance.now()
  const endedAt = Math.min(closedAt, supervisor.endedAt - ahead)
  return supervisor.killed ? endedAt : Math.min(endedAt, Math.max(lastAt, endedAt - TAKE_DOWN_MS))
}

function ignore(): void {
  // what happens before the sandbox is made is seen by its first run
}

async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  socket.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= REPORT_MAX_BYTES) chunks.push(chunk)
  })
  if (!socket.closed) await once(socket, 'close')
  return Buffer.concat(chunks)
}
