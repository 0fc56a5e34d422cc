/** One slot of the launcher as seen from here: five pipes for a run, lines about how it goes. */
import { constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { encodeRecord } from './control-record.ts'
import { PipeReader } from '../wire/pipe-reader.ts'
import { PipeSocket } from '../wire/pipe-socket.ts'

/** What the slot measured and saw; zeros where the host has no control groups. */
export interface SlotReport {
  /** Wait status of bubblewrap, or of the supervisor without it. */
  status: number
  peakBytes: number
  oomKills: number
  pidsRefused: number
  cpuUs: number
}

/** Our ends of the pipes of one run. */
export interface Channels {
  job: Socket
  out: PipeReader
  err: PipeReader
  result: PipeSocket
  report: PipeSocket
}

/** A fork server: what it is started with. Equal keys are interchangeable. */
export interface ForkServer {
  key: string
  command: readonly string[]
}

export type BrokenLimit = 'memory' | 'pids' | 'cpu'

/**
 * Called as a run goes; `took`: so many ms of processor time so far; `launcherLost`: the launcher died, so the run is to end now; `measured`: only the supervisor is
 * left of it, so the figures are final; `done`: the slot is free again; `lost`: the slot itself died.
 */
export interface SlotEvents {
  took: (cpuMs: number) => void
  broke: (limit: BrokenLimit) => void
  launcherLost: () => void
  measured: (report: SlotReport) => void
  done: (report: SlotReport) => void
  lost: () => void
}

interface SlotAddress {
  pid: number
  control: number
  lines: number
  cgroup: boolean
}

const reader = constants.O_RDONLY | constants.O_NONBLOCK
const writer = constants.O_WRONLY | constants.O_NONBLOCK

export class Slot {
  /** True where the slot has a control group: limits and figures are those of the whole tree. */
  readonly cgroup: boolean
  readonly pid: number
  #control: Socket
  #lines: Socket
  #buffer = ''
  #channels: Channels | null = null
  #ready: Promise<void>
  #markReady: () => void = () => undefined
  #events: SlotEvents | null = null
  #state: 'open' | 'retired' | 'closed' = 'open'
  #forkServer: { key: string; since: number } | null = null
  #onForkServer: (ready: boolean) => void = () => undefined

  constructor(address: SlotAddress) {
    this.cgroup = address.cgroup
    this.pid = address.pid
    this.#ready = new Promise((resolve) => {
      this.#markReady = resolve
    })
    this.#control = openWriter(`/proc/${address.pid}/fd/${address.control}`)
    this.#lines = openSocket(`/proc/${address.pid}/fd/${address.lines}`)
    this.#control.on('error', () => undefined) // seen as the end of the lines
    this.#lines.setEncoding('utf8').on('data', (text: string) => this.#take(text))
    this.#lines.on('error', () => undefined).on('close', () => this.#lose())
    this.#send(['hello'])
  }

  /** False once it cannot be given another run. */
  get usable(): boolean {
    return this.#state === 'open'
  }

  /** The fork server it has: its key, and since when by the monotonic clock. */
  get forkServer(): { key: string; since: number } | null {
    return this.#forkServer
  }

  /** Starts a fork server, in place of the one it has. Only between two runs. False where it does not come up. */
  async startForkServer(server: ForkServer): Promise<boolean> {
    this.#forkServer = null
    const answer = new Promise<boolean>((resolve) => {
      this.#onForkServer = resolve
    })
    this.#send(['fork-server', ...server.command])
    const ready = await answer
    if (ready) this.#forkServer = { key: server.key, since: performance.now() }
    return ready
  }

  /** Starts a run on fresh pipes; `launch` is encoded. Null where the slot has ended. */
  async start(launch: Uint8Array, events: SlotEvents): Promise<Channels | null> {
    this.#control.ref()
    this.#lines.ref()
    await this.#ready
    const channels = this.#channels
    if (channels === null || this.#state === 'closed') return null
    this.#channels = null
    this.#ready = new Promise((resolve) => {
      this.#markReady = resolve
    })
    this.#events = events
    for (const channel of Object.values(channels)) channel.ref()
    this.#control.write(launch)
    return channels
  }

  /** From now on reports when a limit is broken, that of processor time too. Null means none. */
  watch(cpuMs: number | null): void {
    this.#send(['watch', String(cpuMs === null ? 0 : cpuMs * 1000)])
  }

  /** From now on the run has a reduced share of the processors. */
  yieldCpu(): void {
    this.#send(['yield'])
  }

  /** SIGKILL to everything of the run. */
  kill(): void {
    this.#send(['kill'])
  }

  setRef(how: 'ref' | 'unref'): void {
    this.#control[how]()
    this.#lines[how]()
  }

  /** The launcher is gone and cannot clean up after this slot: its run is ended, then it closes. */
  retire(): void {
    if (this.#state !== 'open') return
    this.#state = 'retired'
    if (this.#events === null) this.close()
    else this.#events.launcherLost()
  }

  close(): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#control.end()
    for (const channel of Object.values(this.#channels ?? {})) channel.destroy()
    this.#channels = null
    this.#markReady()
    this.#onForkServer(false)
  }

  #send(fields: readonly string[]): void {
    this.#control.write(encodeRecord(fields))
  }

  #take(text: string): void {
    this.#buffer += text
    for (let end = this.#buffer.indexOf('\n'); end >= 0; end = this.#buffer.indexOf('\n')) {
      const line = this.#buffer.slice(0, end)
      this.#buffer = this.#buffer.slice(end + 1)
      this.#takeLine(line)
    }
  }

  #takeLine(line: string): void {
    const [verb, ...rest] = line.split(' ')
    if (verb === 'pipes') this.#open(rest.map(Number))
    if (verb === 'took') this.#events?.took(Number(rest[0]) / 1000)
    if (verb === 'broke') this.#events?.broke(toBrokenLimit(rest[0]))
    if (verb === 'measured') this.#events?.measured(toReport([0, ...rest.map(Number)]))
    if (verb === 'done') this.#finish(toReport(rest.map(Number)))
    if (verb === 'fork-server') this.#takeForkServerState(rest[0] === 'ready')
  }

  #takeForkServerState(ready: boolean): void {
    if (!ready) this.#forkServer = null
    this.#onForkServer(ready)
  }

  #open(fds: readonly number[]): void {
    if (this.#state === 'closed') return
    const path = (index: number) => `/proc/${this.pid}/fd/${fds[index] ?? -1}`
    try {
      this.#channels = {
        job: openWriter(path(0)),
        out: openPipeReader(path(1)),
        err: openPipeReader(path(2)),
        result: openSocket(path(3)),
        report: openSocket(path(4)),
      }
    } catch {
      this.close() // the process died between saying so and our opening; `lost` follows
    }
    this.#markReady()
  }

  #finish(report: SlotReport): void {
    const events = this.#events
    this.#events = null
    this.#lines.unref()
    this.#control.unref()
    if (this.#state === 'retired') this.close()
    events?.done(report)
  }

  #lose(): void {
    this.close()
    const events = this.#events
    this.#events = null
    events?.lost()
  }
}

const toBrokenLimit = (name: string | undefined): BrokenLimit =>
  name === 'memory' || name === 'pids' ? name : 'cpu'

function toReport(numbers: readonly number[]): SlotReport {
  const [status = 0, peakBytes = 0, oomKills = 0, pidsRefused = 0, cpuUs = 0] = numbers
  return { status, peakBytes, oomKills, pidsRefused, cpuUs }
}

const openSocket = (path: string): PipeSocket => new PipeSocket(openSync(path, reader)).unref()
const openPipeReader = (path: string): PipeReader => new PipeReader(openSync(path, reader)).unref()

function openWriter(path: string): Socket {
  return new Socket({ fd: openSync(path, writer), readable: false, writable: true }).unref()
}
