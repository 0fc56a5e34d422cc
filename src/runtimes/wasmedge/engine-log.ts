/** What WasmEdge itself writes among the program's output: taken out of it, and read as evidence. */
import type { RuntimeIo } from '../runtime.ts'

/** What the engine said about a run. */
export interface EngineWords {
  /** The program asked for more memory than its limit and was refused. */
  refusedMemory: boolean
  /** Why the engine stopped the module, in its own words; null when it did not. */
  trap: string | null
}

const NEWLINE = 10
/** Longer is no line of the engine's. */
const MAX_LINE_BYTES = 400
/** How every line of the engine's begins. */
const STAMP = '\\[\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\] \\[error\\] '
const SAYS =
  'Memory Instance: Memory grow page failed, [^\\n]*|(?:execution|wasmedge runtime) failed: (?<trap>[^\\n]*?)(?:, Code: 0x[0-9a-f]+)?|    (?:When executing|In instruction|Bytecode offset|This instruction|Accessing offset)[^\\n]*'
const LINE = new RegExp(`${STAMP}(?:${SAYS})$`, 'u')
/** The beginning of such a line at the end of a chunk, whose rest is still to come. */
const BEGUN = /\[2\d{0,3}(?:-[\d\-: .]*(?:\] ?(?:\[e.*)?)?)?$/u

/** Stands between a run and the executor; the engine writes to stdout only. */
export class EngineLog {
  readonly words: EngineWords = { refusedMemory: false, trap: null }
  readonly #io: RuntimeIo
  #held: Buffer = Buffer.alloc(0)

  constructor(io: RuntimeIo) {
    this.#io = io
  }

  /** The executor's side of the run, less what the engine says. */
  get io(): RuntimeIo {
    return {
      signal: this.#io.signal,
      onHandedOver: () => this.#io.onHandedOver?.(),
      onRunning: (at) => this.#io.onRunning(at),
      onOutput: (chunk) => (chunk.stream === 'stdout' ? this.#push(chunk.bytes) : this.#io.onOutput(chunk)),
    }
  }

  /** Hands on what was held back; call when the run is over. */
  async end(): Promise<void> {
    const rest = this.#strip(this.#held)
    this.#held = Buffer.alloc(0)
    if (rest.length > 0) await this.#io.onOutput({ stream: 'stdout', bytes: rest })
  }

  #push(bytes: Uint8Array): void | Promise<void> {
    const whole = this.#held.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#held, bytes])
    const open = this.#openEnd(whole)
    this.#held = whole.subarray(open)
    const out = this.#strip(whole.subarray(0, open))
    return out.length === 0 ? undefined : this.#io.onOutput({ stream: 'stdout', bytes: out })
  }

  /** Where a line of the engine's may have begun that is not yet whole. */
  #openEnd(bytes: Buffer): number {
    const from = Math.max(bytes.lastIndexOf(NEWLINE) + 1, bytes.length - MAX_LINE_BYTES)
    const begun = BEGUN.exec(bytes.toString('latin1', from))
    return begun === null ? bytes.length : from + begun.index
  }

  #strip(bytes: Buffer): Buffer {
    if (!bytes.includes('] [error] ')) return bytes
    const kept: Buffer[] = []
    for (let at = 0; at < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, at)
      const end = newline < 0 ? bytes.length : newline
      const line = bytes.toString('latin1', Math.max(at, end - MAX_LINE_BYTES), end)
      const said = LINE.exec(line)
      const next = newline < 0 ? end : end + 1
      if (said === null) kept.push(bytes.subarray(at, next))
      else {
        this.#take(said)
        kept.push(bytes.subarray(at, end - line.length + said.index))
      }
      at = next
    }
    return Buffer.concat(kept)
  }

  #take(said: RegExpExecArray): void {
    const trap = said.groups?.['trap']
    if (trap !== undefined) this.words.trap ??= trap
    if (said[0].includes('Memory grow page failed')) this.words.refusedMemory = true
  }
}
