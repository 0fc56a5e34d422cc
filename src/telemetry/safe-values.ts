/** Values no receiver can choke on: one bad string in a batch of OTLP/JSON costs the whole batch. */

/** Most bytes of one long text (code, input, result, stack, one output stream). */
export const TEXT_MAX_BYTES = 65_536
const SHORT_MAX_BYTES = 4096

/** A short text: well-formed UTF-8 of at most 4 KiB. */
export function safeText(text: string): string {
  return cutHead(text, SHORT_MAX_BYTES)
}

/** The head of a text: well-formed UTF-8 of at most `maxBytes`, cut at a code point. */
export function cutHead(text: string, maxBytes: number): string {
  const whole = text.toWellFormed()
  if (fits(whole, maxBytes)) return whole
  const bytes = Buffer.from(whole.slice(0, maxBytes))
  return decodeWhole(bytes.subarray(0, maxBytes))
}

/** Head and tail of a text with a line between that says how much is missing; at most `maxBytes` and that line. */
export function cutMiddle(text: string, maxBytes: number): string {
  const whole = text.toWellFormed()
  if (fits(whole, maxBytes)) return whole
  const bytes = Buffer.from(whole)
  const headBytes = Math.ceil(maxBytes * 0.75)
  let tailStart = bytes.length - (maxBytes - headBytes)
  while (tailStart < bytes.length && ((bytes[tailStart] ?? 0) & 0xc0) === 0x80) tailStart += 1
  const missing = tailStart - headBytes
  return `${decodeWhole(bytes.subarray(0, headBytes))}\n… ${missing} bytes left out …\n${bytes.subarray(tailStart).toString('utf8')}`
}

/** A finite number as it is; null for the others. */
export function safeNumber(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

/** A code unit is at most three bytes, so short texts need no counting. */
function fits(text: string, maxBytes: number): boolean {
  return text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes
}

/** Decodes bytes whose last code point may be cut; the half is dropped. */
function decodeWhole(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes, { stream: true })
}
