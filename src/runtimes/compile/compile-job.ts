/** What the compiler's process is asked and what it answers; the wire between it and this one. */
import type { UncaughtError } from '../runtime.ts'

/** What to make of code, whose text goes beside the job. */
export type CompileJob = {
  fileName: string
  loader: 'js' | 'ts'
  /** Those given with the code, as far as it can import them; then what they hold becomes part of it. */
  files: readonly GivenFile[]
  /** Name of the global through which the guest program gets at what the code defines. */
  hook: string
} & (
  | { to: /** JavaScript for Node; modules stay as they are, ES or CommonJS. */ 'module' }
  | { to: /** What vm2 takes: the body of an async function that fills `exports`, or a script. */ 'script' }
  | { to: /** What the QuickJS of WebAssembly takes. */ 'quickjs' }
)

/** A file of text given with the code; `path` is relative to the code's own. */
export interface GivenFile {
  path: string
  text: string
}

/** The compiled code and what the guest needs to know about it, or why the language refused the code. */
export type Compiled = ({ code: string } & CodeFacts) | { error: UncaughtError }

/** What goes with compiled code. */
export interface CodeFacts {
  /** The code may begin its main by itself after it has run; see `Marked`. */
  callsMain?: boolean
  /** For QuickJS. */
  script?: ScriptFacts
}

/** What goes with a script for QuickJS. */
export interface ScriptFacts {
  /** An ES module is imported; a script, in which strictness is the program's choice, is evaluated. */
  kind: 'module' | 'script'
  /** Modules that `require` has to answer at once, so that they are loaded before the program. */
  modules: readonly string[]
  /** Name of the file as it is shown. */
  shown: string
  /** The line each line came from, with its file where that is another; 0: none; null: all as they are. */
  lines: readonly (number | string)[] | null
}

/** Most bytes of compiled code: what a program of the largest size comes to, with its source map. */
export const OUTPUT_MAX_BYTES = 33_554_432

const HEAD_BYTES = 8

/** A frame: the lengths of both parts, a value as JSON, a text. */
export function encodeFrame(value: unknown, text: string): Buffer {
  const [head, body] = [Buffer.from(JSON.stringify(value)), Buffer.from(text)]
  const lengths = Buffer.alloc(HEAD_BYTES)
  lengths.writeUInt32LE(head.length, 0)
  lengths.writeUInt32LE(body.length, 4)
  return Buffer.concat([lengths, head, body])
}

/** Takes frames apart again, however they are cut on their way. */
export class FrameReader {
  #chunks: Buffer[] = []
  #size = 0

  /** The next whole frame with `chunk` added; null while there is none. */
  push(chunk: Buffer): { value: unknown; text: string } | null {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    if (this.#size < this.#needed) return null
    const bytes = Buffer.concat(this.#chunks)
    this.#chunks = [bytes]
    if (this.#size < this.#needed) return null
    const from = HEAD_BYTES + bytes.readUInt32LE(0)
    const to = this.#needed
    this.#chunks = [bytes.subarray(to)]
    this.#size -= to
    return {
      value: JSON.parse(bytes.toString('utf8', HEAD_BYTES, from)),
      text: bytes.toString('utf8', from, to),
    }
  }

  /** Bytes of the frame under way, as far as it is known. */
  get #needed(): number {
    const [first] = this.#chunks
    if (first === undefined || first.length < HEAD_BYTES) return HEAD_BYTES
    return HEAD_BYTES + first.readUInt32LE(0) + first.readUInt32LE(4)
  }
}
