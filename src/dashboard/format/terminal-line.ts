/** One line of a terminal, on which later text overwrites earlier text. */
import { classesOf, type Style } from './terminal-style.ts'
import { visible } from './visible-text.ts'

/** A part of a line of one style; `style` has names of classes, '' for none. */
export interface Span {
  text: string
  style: string
}

/** Text behind these many spans is plain, and after these many overwritten places a return clears the line. */
const SPANS_MAX = 400
const OVERWRITES_MAX = 200

export class TerminalLine {
  spans: Span[] = []
  #length = 0
  #column = 0
  #overwrites = 0

  write(raw: string, style: Style): void {
    const text = visible(raw)
    const atEnd = this.#column >= this.#length
    if (!atEnd) {
      this.#overwrites += 1
      const [before, after] = [
        cut(this.spans, { to: this.#column }),
        cut(this.spans, { from: this.#column + text.length }),
      ]
      this.spans = before
      this.#append(text, style)
      this.spans.push(...after)
      this.#length = Math.max(this.#length, this.#column + text.length)
    } else {
      this.#append(text, style)
      this.#length += text.length
    }
    this.#column += text.length
  }

  return(): void {
    if (this.#overwrites >= OVERWRITES_MAX) this.#clear()
    this.#column = 0
  }

  back(): void {
    if (this.#overwrites < OVERWRITES_MAX) this.#column = Math.max(0, this.#column - 1)
  }

  /** Of `ESC [ K`: to the end of the line, or with `2` all of it, or with `1` what is before. */
  erase(parameters: string): void {
    if (parameters === '2') {
      const column = this.#column
      this.#clear()
      if (column > 0) this.write(' '.repeat(Math.min(column, 1000)), {})
    } else if (parameters !== '1' && this.#column < this.#length) {
      this.spans = cut(this.spans, { to: this.#column })
      this.#length = this.#column
    }
  }

  #clear(): void {
    this.spans = []
    this.#length = 0
    this.#column = 0
  }

  #append(text: string, style: Style): void {
    const last = this.spans.at(-1)
    const classes = this.spans.length >= SPANS_MAX ? (last?.style ?? '') : classesOf(style)
    if (last !== undefined && last.style === classes)
      this.spans[this.spans.length - 1] = { text: last.text + text, style: classes }
    else if (text !== '') this.spans.push({ text, style: classes })
  }
}

/** The part of a line between two columns. */
function cut(spans: readonly Span[], { from = 0, to = Infinity }: { from?: number; to?: number }): Span[] {
  const kept: Span[] = []
  let at = 0
  for (const { text, style } of spans) {
    const end = at + text.length
    if (end > from && at < to) {
      const part = text.slice(Math.max(0, from - at), Math.min(text.length, to - at))
      kept.push({ text: part, style })
    }
    at = end
    if (at >= to) break
  }
  return kept
}
