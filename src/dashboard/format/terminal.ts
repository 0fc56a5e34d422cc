/**
 * Output as a terminal shows it: lines of coloured spans, in which carriage returns and backspaces overwrite. Time is linear
 * in the text, whatever it holds.
 */
import { TerminalLine, type Span } from './terminal-line.ts'
import { nextStyle, PLAIN, type Style } from './terminal-style.ts'

export type Line = readonly Span[]

/** CSI, OSC and the like, and other escapes; what is longer is shown as text. */
const CSI = /\[([0-?]{0,256})[ -/]{0,8}([@-~])/uy
const STRING = /[\]PX^_]\P{Cc}{0,4096}(?:\cG|\p{Cc}\\)/uy
const OTHER = /[ -/]{0,8}[0-~]/uy
const STOP = /\p{Cc}/gu

const ESCAPE = '\u001B'

/** Lines of a text; the last one has no end. */
export function toLines(text: string): Line[] {
  const lines: Line[] = []
  let line = new TerminalLine()
  let style: Style = PLAIN
  let at = 0
  STOP.lastIndex = 0
  for (let found = STOP.exec(text); found !== null; found = STOP.exec(text)) {
    if (found.index > at) line.write(text.slice(at, found.index), style)
    at = found.index + 1
    const [stop] = found
    if (stop === '\n') {
      lines.push(line.spans)
      line = new TerminalLine()
    } else if (stop === '\r') line.return()
    else if (stop === ESCAPE) {
      const { end, kind, parameters } = readEscape(text, at)
      if (kind === 'm') style = nextStyle(style, parameters)
      else if (kind === 'K') line.erase(parameters)
      else if (kind === '') line.write(ESCAPE, style)
      at = end
      STOP.lastIndex = end
    } else if (stop === '\b') line.back()
    else line.write(stop, style)
  }
  if (at < text.length) line.write(text.slice(at), style)
  lines.push(line.spans)
  return lines
}

interface Escape {
  end: number
  /** The last character of a CSI; 'other' for what shows nothing, '' for what is no escape. */
  kind: string
  parameters: string
}

function readEscape(text: string, at: number): Escape {
  const csi = matchAt(CSI, text, at)
  if (csi !== null) return { end: CSI.lastIndex, kind: csi[2] ?? 'other', parameters: csi[1] ?? '' }
  if (matchAt(STRING, text, at) !== null) return { end: STRING.lastIndex, kind: 'other', parameters: '' }
  // The beginning of a CSI or a string that is too long stays text.
  if (/[[\]PX^_]/u.test(text.charAt(at))) return { end: at, kind: '', parameters: '' }
  if (matchAt(OTHER, text, at) !== null) return { end: OTHER.lastIndex, kind: 'other', parameters: '' }
  return { end: at, kind: '', parameters: '' }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}
