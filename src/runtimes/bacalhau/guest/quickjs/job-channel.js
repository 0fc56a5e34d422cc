// Frames on standard output: `MARKER KIND BODY`, the body a JSON string in ASCII, which no cut of the node's harms.
import * as std from 'std'

const CHARACTERS = 4_000 // escaped six times as long, still below the 32 KiB a node takes in one write
const EAGER_FRAMES = 500
const OUTPUT_BYTES = 67_108_864
const { stringify } = JSON
const file = std.out
const puts = file.puts.bind(file)
const flush = file.flush.bind(file)
const errors = std.err
let mark = ''
let frames = 0

const escape = (text) =>
  text.replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
const byteLength = (text) => {
  try {
    return unescape(encodeURIComponent(text)).length
  } catch {
    return byteLength(text.replace(/\p{Surrogate}/gu, '\ufffd'))
  }
}

/** Takes the marker; nothing is sent before. */
export function openChannel(marker) {
  mark = `\n${marker} `
}

/** Sends text as frames of `kind`. */
export function send(kind, text) {
  let at = 0
  do {
    let cut = Math.min(at + CHARACTERS, text.length)
    if (cut < text.length && /[\ud800-\udbff]/.test(text[cut - 1])) cut -= 1 // no half of a character
    puts(`${mark}${kind} ${escape(stringify(text.slice(at, cut)))}\n`)
    flush()
    frames += 1
    at = cut
  } while (at < text.length)
}

/** More was printed than a node can carry. */
export class OutputLimit extends Error {}

class Stream {
  constructor(kind) {
    this.kind = kind
    this.held = ''
    this.bytes = 0
  }
  write(text) {
    const safe = text.replace(/\p{Surrogate}/gu, '\ufffd')
    this.bytes += byteLength(safe)
    if (this.bytes > OUTPUT_BYTES) throw new OutputLimit('more output than a node can carry')
    this.held += safe
    if (this.held.length >= CHARACTERS || (frames < EAGER_FRAMES && safe.endsWith('\n'))) this.send()
  }
  send() {
    const text = this.held
    this.held = ''
    if (text !== '') send(this.kind, text)
  }
}

/** Puts the program's two streams on the channel. */
export function takeOutput() {
  const streams = [new Stream('o'), new Stream('e')]
  for (const [index, target] of [file, errors].entries()) {
    const stream = streams[index]
    target.puts = (...texts) => texts.forEach((text) => stream.write(String(text)))
    target.write = (buffer, offset, length) => {
      stream.write(decode(new Uint8Array(buffer, offset, length)))
      return length
    }
    target.flush = () => undefined
  }
  return streams
}

function decode(bytes) {
  let binary = ''
  for (let at = 0; at < bytes.length; at += CHARACTERS)
    binary += String.fromCharCode.apply(null, bytes.subarray(at, at + CHARACTERS))
  try {
    return decodeURIComponent(globalThis.escape(binary))
  } catch {
    return binary
  }
}
