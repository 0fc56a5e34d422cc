/** Carries what one sandbox prints to the executor. */
import type { OutputChunk } from '../../../execution.ts'
import type { RuntimeIo } from '../../runtime.ts'
import type { PipeReader } from './pipe-reader.ts'
import type { Channels } from '../slots/slot.ts'

const SETUP_NOISE_BYTES = 4096
/** What is kept of each stream until it is known whether the program runs. */
const HELD_BYTES = 65_536

interface Held {
  bytes: Buffer[]
  size: number
}

/** Reads stdout and stderr from the start, so that a guest is never stuck on them; holds back what is not yet output. */
export class OutputPump {
  readonly #io: Pick<RuntimeIo, 'onOutput'>
  readonly #held: Record<OutputChunk['stream'], Held> = {
    stdout: { bytes: [], size: 0 },
    stderr: { bytes: [], size: 0 },
  }
  /** What was held, on its way; what comes later waits for it. */
  readonly #late: Record<OutputChunk['stream'], Promise<void> | null> = { stdout: null, stderr: null }
  readonly #outlets: readonly PipeReader[]
  readonly #pumps: Promise<unknown>
  /** Resolves when it is known whose the output is. */
  readonly #known = Promise.withResolvers<void>()
  #begun = false

  constructor({ out, err }: Pick<Channels, 'out' | 'err'>, io: Pick<RuntimeIo, 'onOutput'>) {
    this.#io = io
    this.#outlets = [out, err]
    this.#pumps = Promise.all([this.#pump('stdout', out), this.#pump('stderr', err)])
  }

  /** From now on what comes is the program's output, and so is what was held. */
  begin(): void {
    if (this.#begun) return
    this.#begun = true
    this.#known.resolve()
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.#held[stream].size === 0) continue
      const late = this.#release(stream)
      late.catch(() => undefined) // `end` rejects as it does
      this.#late[stream] = late
    }
  }

  /**
   * Takes the last of it. Where it is not the program's, gives the beginning of what came on stderr. Of pipes whose
   * writers are gone it takes what they still hold and no more; of others it waits for the end.
   */
  async end(whose: 'program' | 'setup', writers: 'gone' | 'unknown'): Promise<string> {
    if (whose === 'program') this.begin()
    this.#known.resolve()
    if (writers === 'gone') await Promise.all(this.#outlets.map((outlet) => outlet.drain()))
    await this.#pumps
    if (!this.#begun) return this.#noise()
    await Promise.all([this.#late.stdout, this.#late.stderr])
    return ''
  }

  #noise(): string {
    const bytes = Buffer.concat(this.#held.stderr.bytes).subarray(0, SETUP_NOISE_BYTES)
    return bytes.toString('utf8').trim()
  }

  #pump(stream: OutputChunk['stream'], outlet: PipeReader): Promise<void> {
    return outlet.pump((bytes) => this.#take(stream, bytes))
  }

  #take(stream: OutputChunk['stream'], bytes: Uint8Array): void | Promise<void> {
    if (!this.#begun) return this.#hold(stream, bytes)
    const late = this.#late[stream]
    if (late === null) return this.#io.onOutput({ stream, bytes })
    this.#late[stream] = null
    return late.then(() => this.#io.onOutput({ stream, bytes }))
  }

  #hold(stream: OutputChunk['stream'], bytes: Uint8Array): void | Promise<void> {
    const held = this.#held[stream]
    const fitting = bytes.subarray(0, HELD_BYTES - held.size)
    if (fitting.length > 0) held.bytes.push(Buffer.from(fitting))
    held.size += fitting.length
    if (fitting.length < bytes.length) return this.#overflow(stream, bytes.subarray(fitting.length))
  }

  /** The word that the program runs takes another way than its output, on WasmEdge through a further process, and may be late. */
  async #overflow(stream: OutputChunk['stream'], bytes: Uint8Array): Promise<void> {
    await this.#known.promise
    if (this.#begun) await this.#take(stream, bytes)
  }

  async #release(stream: OutputChunk['stream']): Promise<void> {
    for (const bytes of this.#held[stream].bytes) await this.#io.onOutput({ stream, bytes })
    this.#held[stream].bytes = []
  }
}
