/** Drives one sandbox through one job: hands it over, streams the output, ends it in time, reports what happened. */
import { performance } from 'node:perf_hooks'
import type { RuntimeIo } from '../runtime.ts'
import { whenEnded, whenOver } from './duration.ts'
import { encodeJob, type SandboxStart } from './records.ts'
import type { Job, RunFacts } from './run-facts.ts'
import { publishTimes } from './run-times.ts'
import { readGuest, type GuestHooks } from './wire/guest-report.ts'
import { OutputPump } from './wire/output-pump.ts'
import { readReport } from './wire/read-report.ts'
import type { BrokenLimit, Channels, Slot, SlotEvents, SlotReport } from './slots/slot.ts'
import type { SupervisorReport } from './wire/supervisor-report.ts'

/** The supervisor ends a tree in 2 to 4 ms; after this the slot kills it. */
const SOFT_KILL_MS = 60
/** A killed sandbox closes its pipes unless a process got away. */
const LAST_WORDS_MS = 1000
/** Shorter runs are judged only at their end and do not wake the slot during the program. */
const WATCH_AFTER_MS = 20
/** An interpreter starts in 10 to 500 ms; one that has not by then does not. */
const START_LIMIT_MS = 60_000

/** What is left of a sandbox after its answer, the supervisor and bubblewrap, is gone in 1 to 3 ms; else it is killed. */
const CLEAR_MS = 1000

interface Listening {
  output: OutputPump
  /** Ends the run that does not start. */
  patience: NodeJS.Timeout
  handedOverAt: number
}

/** A started sandbox that waits for its job. Serves one. */
export class Sandbox {
  readonly slot: Slot
  readonly startedAt = performance.now()
  /** Called while the program runs with the ms of processor time it has taken so far, where the host counts them. */
  onTook: (cpuMs: number) => void = ignore
  #channels: Channels
  #done: Promise<SlotReport | null>
  #settle: (report: SlotReport | null) => void = () => undefined
  readonly #measured = Promise.withResolvers<SlotReport>()
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

  /** Starts one in `slot`; null where that has ended. */
  static async start(slot: Slot, { launch, rlimits }: SandboxStart): Promise<Sandbox | null> {
    const events: SlotEvents = {
      took: ignore,
      broke: ignore,
      launcherLost: ignore,
      measured: ignore,
      done: ignore,
      lost: ignore,
    }
    const channels = await slot.start(launch, events)
    if (channels === null) return null
    for (const channel of Object.values(channels)) channel.on('error', () => undefined) // seen as its end
    const sandbox = new Sandbox(slot, channels)
    events.took = (cpuMs) => sandbox.onTook(cpuMs)
    events.broke = (limit) => {
      sandbox.#broke ??= limit
      sandbox.#onBroke(limit)
    }
    events.launcherLost = () => sandbox.#loseLauncher()
    events.measured = (report) => sandbox.#measured.resolve(report)
    events.done = (report) => sandbox.#finish(report)
    events.lost = () => sandbox.#finish(null)
    channels.job.write(rlimits)
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

  /** Resolves when its slot is free again. */
  get cleared(): Promise<void> {
    return this.#done.then(() => undefined)
  }

  /** Runs the job to its end. Resolves, whatever happens, once all is known; what is cleared away then, see `cleared`. */
  async run(job: Job, io: RuntimeIo): Promise<RunFacts> {
    const channels = this.#channels
    const abort = () => this.#kill()
    this.#onBroke = abort
    io.signal.addEventListener('abort', abort, { once: true })
    this.#send(job)
    const handedOverAt = performance.now()
    const output = new OutputPump(channels, io)
    const patience = setTimeout(abort, START_LIMIT_MS)
    if (io.signal.aborted || this.#broke !== null) this.#kill()
    const gone = Promise.withResolvers<void>()
    const { hooks, runningAt } = this.#listen(job, io, { output, patience, handedOverAt })
    const reading = readGuest(channels.result, job.nonce, hooks, gone.promise)
    const supervisor = await readReport(channels.report)
    const reportedAt = performance.now()
    const slot = await (isWhole(supervisor) ? Promise.race([this.#measured.promise, this.#done]) : this.#done)
    // A lost slot says nothing about the other holders of the pipes.
    if (slot !== null) gone.resolve()
    const guest = await reading
    clearTimeout(patience)
    const closedAt = slot === null ? performance.now() : reportedAt
    const whose = guest.greeted ? 'program' : 'setup'
    const setupStderr = await output.end(whose, slot === null ? 'unknown' : 'gone')
    io.signal.removeEventListener('abort', abort)
    this.#unlessDone(CLEAR_MS, () => this.slot.kill())
    setImmediate(() => this.#closeChannels()) // behind the answer
    const times = { handedOverAt, runningAt: runningAt(), lastWordAt: guest.lastAt, reportedAt }
    const interpreterEndedAt = whenEnded(supervisor, closedAt)
    publishTimes({ ...times, interpreterEndedAt, knownAt: performance.now() }, this.#done)
    const overAt = whenOver(supervisor, closedAt, guest.result === null ? closedAt : guest.lastAt)
    return {
      guest,
      supervisor,
      slot,
      broke: this.#broke,
      setupStderr,
      launcherLost: this.#launcherLost,
      aborted: io.signal.aborted,
      durationMs: times.runningAt === null ? 0 : Math.max(0, overAt - times.runningAt),
    }
  }

  /** What is done when the guest says something, and when it said that the program runs. */
  #listen(job: Job, io: RuntimeIo, { output, patience, handedOverAt }: Listening) {
    let runningAt: number | null = null
    const hooks: GuestHooks = {
      onGreeting: () => {
        clearTimeout(patience)
        io.onHandedOver?.()
      },
      onVerdict: (verdict) => {
        output.begin()
        if (verdict.kind === 'syntax') return
        // By the guest's clock: on a busy event loop its word is read late.
        const heardAt = performance.now()
        runningAt = Math.min(heardAt, Math.max(handedOverAt, verdict.at ?? heardAt))
        io.onRunning(runningAt)
        this.#unlessDone(WATCH_AFTER_MS, () => this.slot.watch(job.cpuMs))
      },
      onTooLarge: () => this.#kill(),
    }
    return { hooks, runningAt: () => runningAt }
  }

  /** Ends a sandbox that was never used. */
  async discard(): Promise<void> {
    this.#kill()
    await this.#done
    this.#closeChannels()
  }

  #closeChannels(): void {
    for (const channel of Object.values(this.#channels)) channel.destroy()
  }

  #send(job: Job): void {
    this.#channels.job.write(encodeJob(job))
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
    setTimeout(() => this.#closeChannels(), LAST_WORDS_MS).unref()
  }
}

function isWhole(report: SupervisorReport | string | null): boolean {
  return typeof report === 'object' && report !== null
}

function ignore(): void {
  // what happens before the sandbox is made is seen by its first run
}
