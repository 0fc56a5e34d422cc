/** What the relay says on its stdout: noise of the shell, a mark, then frames `KIND LENGTH\n` and LENGTH characters. */

const KINDS = ['b', 'n', 'o', 'e', 'r', 's', 'z'] as const
type FrameKind = (typeof KINDS)[number]

/** One frame; each character of the text was one byte. */
export interface RelayFrame {
  kind: FrameKind
  bytes: Buffer
}

/** A frame holds at most this much, so a longer one was not written by the relay. */
const FRAME_MAX_BYTES = 65_536
const HEADER_MAX = 16
/** What a login shell may say before the relay speaks. */
const NOISE_MAX = 65_536

/** Thrown where the stream is not the relay's any more. */
export class BrokenRelayError extends Error {
  override readonly name = 'BrokenRelayError'
}

/** Cuts the text into frames as it comes. */
export class RelayReader {
  #text = ''
  #mark: string | null

  /** `name` is that of the run's directory, which the relay says first. */
  constructor(name: string) {
    this.#mark = `\u001E${name}\n`
  }

  /**
   * The frames that are whole now, in order.
   * @throws {BrokenRelayError} when the program got at the relay's stdout
   */
  push(text: string): RelayFrame[] {
    this.#text += text
    if (this.#mark !== null) {
      const start = this.#text.indexOf(this.#mark)
      if (start < 0) {
        this.#text = this.#text.slice(-NOISE_MAX)
        return []
      }
      this.#text = this.#text.slice(start + this.#mark.length)
      this.#mark = null
    }
    const frames: RelayFrame[] = []
    let at = 0
    for (let frame = readFrame(this.#text, at); frame !== null; frame = readFrame(this.#text, at)) {
      at = frame.end
      frames.push({ kind: frame.kind, bytes: frame.bytes })
    }
    this.#text = this.#text.slice(at)
    return frames
  }
}

function readFrame(text: string, at: number): (RelayFrame & { end: number }) | null {
  const line = text.indexOf('\n', at)
  if (line < 0 && text.length - at < HEADER_MAX) return null
  const [letter = '', length = ''] = text.slice(at, line < 0 ? text.length : line).split(' ', 2)
  const kind = KINDS.find((known) => known === letter)
  const size = Number(length)
  if (kind === undefined || !/^\d{1,5}$/.test(length) || size > FRAME_MAX_BYTES)
    throw new BrokenRelayError('what came from the sandbox was not written by its relay')
  const end = line + 1 + size
  if (end > text.length) return null
  return { kind, bytes: Buffer.from(text.slice(line + 1, end), 'latin1'), end }
}
