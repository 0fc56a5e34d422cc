/**
 * What a guest says on its standard output: lines `MARKER KIND BODY`, the body base64 or a JSON string. The marker is new for each run
 * and taken from the guest's arguments before the program begins; anything else is the program's own writing.
 */
import type { OutputChunk } from '../../execution.ts'

/** `begin`: the program starts; `file` names one of `/out`, whose bytes follow as `data`. */
const KINDS = {
  b: 'begin',
  o: 'stdout',
  e: 'stderr',
  r: 'result',
  f: 'file',
  d: 'data',
  x: 'data',
  z: 'end',
} as const

export type FrameKind = (typeof KINDS)[keyof typeof KINDS]

export interface FrameSink {
  frame(kind: FrameKind, body: Buffer): void
  /** Text written past the guest: by the interpreter itself, or by a program that takes the bare descriptor. */
  loose(stream: OutputChunk['stream'], text: string): void
}

/** Longer lines are no frames. */
const LINE_MAX = 65_536

/** Cuts the log of one run into frames, however it arrives in pieces. */
export class FrameReader {
  readonly #mark: string
  readonly #sink: FrameSink
  #held = ''

  constructor(marker: string, sink: FrameSink) {
    this.#mark = `\n${marker} `
    this.#sink = sink
  }

  push(stream: OutputChunk['stream'], text: string): void {
    if (stream === 'stderr') return this.#sink.loose('stderr', text)
    let rest = this.#held + text
    for (;;) {
      const start = rest.indexOf(this.#mark)
      if (start < 0) break
      this.#loose(rest.slice(0, start))
      rest = rest.slice(start)
      const end = rest.indexOf('\n', this.#mark.length)
      if (end < 0 && rest.length < LINE_MAX) {
        this.#held = rest
        return
      }
      const line = rest.slice(this.#mark.length, end)
      if (end < 0 || !this.#read(line)) {
        this.#loose(rest.slice(0, 1))
        rest = rest.slice(1)
      } else rest = rest.slice(end + 1)
    }
    const kept = Math.min(rest.length, this.#beginning(rest))
    this.#loose(rest.slice(0, rest.length - kept))
    this.#held = rest.slice(rest.length - kept)
  }

  /** The log is over: what was held back is no frame. */
  end(): void {
    this.#loose(this.#held)
    this.#held = ''
  }

  /** Length of the longest end of `text` that a mark may begin with. */
  #beginning(text: string): number {
    const at = text.lastIndexOf('\n')
    return at >= 0 && this.#mark.startsWith(text.slice(at)) ? text.length - at : 0
  }

  #read(line: string): boolean {
    const [letter, body] = [line.slice(0, 1), line.slice(2)]
    if (!isKind(letter) || line[1] !== ' ') return false
    const bytes = decode(body, letter === 'x' ? 'hex' : 'utf8')
    if (bytes === null) return false
    this.#sink.frame(KINDS[letter], bytes)
    return true
  }

  #loose(text: string): void {
    if (text !== '') this.#sink.loose('stdout', text)
  }
}

/** Base64, or a JSON string, of text or (`hex`) of digits. */
function decode(body: string, encoding: 'hex' | 'utf8'): Buffer | null {
  if (!body.startsWith('"')) return Buffer.from(body, 'base64')
  try {
    const text: unknown = JSON.parse(body)
    return typeof text === 'string' ? Buffer.from(text, encoding) : null
  } catch {
    return null
  }
}

function isKind(letter: string): letter is keyof typeof KINDS {
  return Object.hasOwn(KINDS, letter)
}
