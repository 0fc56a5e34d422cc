/** Masks secrets in a stream as `createRedactor` does in a text, whatever the chunks and with bounded memory. */
import { LiteralMatcher, type TextRange } from './literal-matcher.ts'
import { findSecrets, MASK, maskRanges } from './redact.ts'

/** Characters that are looked at together, about; a longer line is cut where no secret can be. */
const WINDOW = 262_144
/** Of a line that must be cut, the end stays for the next look. */
const KEPT_SHARE = 4
/** How far before its place a cut looks for a character that is in no secret. */
const CUT_SEARCH = 4096
/** The lines that begin and end a private key are shorter than this. */
const KEY_LINE_MAX = 256

const KEY_BEGIN = /-----BEGIN [A-Z ]*PRIVATE KEY-----/gu
const KEY_END = /-----END [A-Z ]*PRIVATE KEY-----/u
const NOT_IN_TOKEN = /[^A-Za-z0-9_\-.~+/=]/u
const APART = /[\s",;<>{}[\]()][^\s",;<>{}[\]()]*$/u
const BEARER = 'Bearer '

type Inside = 'text' | 'key' | 'token'

/**
 * Takes bytes as Latin-1 text, one character a byte, so that what is no UTF-8 stays as it is. Text is decided up to the end
 * of a line, where no token continues; what is not decided yet waits for the next chunk.
 */
export class MaskStream {
  readonly #literals: LiteralMatcher
  readonly #longest: number
  readonly #window: number
  #pending = ''
  #inside: Inside = 'text'

  /** @param secrets as `secretsOf` gives them */
  constructor(secrets: readonly string[], window = WINDOW) {
    const literals = secrets.map((secret) => Buffer.from(secret).toString('latin1'))
    this.#literals = new LiteralMatcher(literals)
    this.#longest = literals.reduce((most, { length }) => Math.max(most, length), 0)
    this.#window = window
  }

  /** What is decided, masked; '' while nothing is. */
  push(text: string): string {
    this.#pending += text
    this.#leave()
    if (this.#inside !== 'text' || this.#pending.length < this.#window) return ''
    return this.#decide(findSecrets(this.#pending, this.#literals))
  }

  /** The rest. */
  end(): string {
    const rest = this.#inside === 'text' ? this.#pending : ''
    this.#pending = ''
    return maskRanges(rest, findSecrets(rest, this.#literals))
  }

  #decide(ranges: readonly TextRange[]): string {
    const text = this.#pending
    const cut = this.#cutAt(ranges)
    this.#pending = text.slice(cut)
    const within = ranges.filter(([from]) => from < cut)
    const last = within.at(-1)
    if (last === undefined || last[1] <= cut) return maskRanges(text.slice(0, cut), within)
    // It is longer than the window: all that follows of it is left out.
    this.#inside = endsInKey(text) ? 'key' : 'token'
    this.#pending = text.slice(-KEY_LINE_MAX)
    this.#leave()
    return MASK
  }

  /** Drops what continues a masked key or token. */
  #leave(): void {
    if (this.#inside === 'text') return
    const isKey = this.#inside === 'key'
    const found = (isKey ? KEY_END : NOT_IN_TOKEN).exec(this.#pending)
    if (found === null) {
      this.#pending = isKey ? this.#pending.slice(-KEY_LINE_MAX) : ''
      return
    }
    this.#pending = this.#pending.slice(found.index + (isKey ? found[0].length : 0))
    this.#inside = 'text'
  }

  /** Where the text is parted: what is before it is decided. In a range only where that is all of the text. */
  #cutAt(ranges: readonly TextRange[]): number {
    const text = this.#pending
    // What may be the beginning of a literal waits.
    const held = this.#literals.overlap(text.slice(Math.max(0, text.length - this.#longest)))
    const most = text.length - held
    const line = lineBefore(text, most, ranges)
    if (line > 0 || text.length < this.#window + this.#longest) return line
    const place = Math.min(most, text.length - Math.floor(this.#window / KEPT_SHARE))
    const range = around(place, text, ranges)
    if (range === null) return beforeToken(text, place)
    const [from, to] = range
    if (to <= most && to < text.length) return to
    return from > 0 ? from : place
  }
}

/** The end of the last line before `most` that is in no range; 0 for none. */
function lineBefore(text: string, most: number, ranges: readonly TextRange[]): number {
  let end = most
  while (end > 0) {
    const line = text.lastIndexOf('\n', end - 1) + 1
    if (line === 0) return 0
    const range = around(line, text, ranges)
    if (range === null) return line
    end = range[0]
  }
  return 0
}

/** The range that has characters on both sides of a place, or may have them: one that ends with the text may go on. */
function around(place: number, text: string, ranges: readonly TextRange[]): TextRange | null {
  return ranges.find(([from, to]) => from < place && (place < to || to === text.length)) ?? null
}

/** A place at or shortly before this one that parts no token that has only begun. */
function beforeToken(text: string, place: number): number {
  const start = Math.max(1, place - CUT_SEARCH)
  const found = APART.exec(text.slice(start, place))
  const cut = found === null ? place : start + found.index + 1
  return text.slice(0, cut).endsWith(BEARER) && cut > BEARER.length ? cut - BEARER.length : cut
}

/** Whether the text ends in a private key. */
function endsInKey(text: string): boolean {
  const begin = [...text.matchAll(KEY_BEGIN)].at(-1)
  return begin !== undefined && !KEY_END.test(text.slice(begin.index))
}
