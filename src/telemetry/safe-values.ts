/**
 * Makes values safe to send: one bad string in a batch of OTLP/JSON costs the whole batch. A lone
 * surrogate becomes U+FFFD, by `toWellFormed` or by the encoding to UTF-8.
 */

/** Most bytes of one long text (code, input, result, stack, one output stream). */
export const TEXT_MAX_BYTES = 65_536
const SHORT_MAX_BYTES = 4096
const KEY_MAX = 256

/** A short text: well-formed UTF-8 of at most 4 KiB. */
export function safeText(text: string): string {
  return cutHead(text, SHORT_MAX_BYTES)
}

/** A name, such as an attribute's key: well-formed, at most 256 UTF-16 units. */
export function safeKey(text: string): string {
  return text.slice(0, KEY_MAX).toWellFormed()
}

/** The head of a text: well-formed UTF-8 of at most `maxBytes`, cut at a code point. */
export function cutHead(text: string, maxBytes: number): string {
  if (fits(text, maxBytes)) return text.toWellFormed()
  return decodeWhole(Buffer.from(text.slice(0, maxBytes)).subarray(0, maxBytes))
}

/** Head and tail of a text, at most `maxBytes`, with a line between them that says how much is missing. */
export function cutMiddle(text: string, maxBytes: number): string {
  if (fits(text, maxBytes)) return text.toWellFormed()
  const bytes = Buffer.from(text)
  const headBytes = Math.ceil(maxBytes * 0.75)
  let tailStart = bytes.length - (maxBytes - headBytes)
  while (tailStart < bytes.length && ((bytes[tailStart] ?? 0) & 0xc0) === 0x80) tailStart += 1
  const missing = tailStart - headBytes
  return `${decodeWhole(bytes.subarray(0, headBytes))}\n… ${missing} bytes left out …\n${bytes.subarray(tailStart).toString('utf8')}`
}

/** A finite number as it is; null for others. */
export function safeNumber(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

/** The nearest whole number that JSON carries exactly; null for one that is not finite. */
export function safeInteger(value: number): number | null {
  if (!Number.isFinite(value)) return null
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Math.round(value)))
}

/** A UTF-16 unit is at most three bytes, so short texts need no counting. */
function fits(text: string, maxBytes: number): boolean {
  return text.length * 3 <= maxBytes || (text.length <= maxBytes && Buffer.byteLength(text) <= maxBytes)
}

/** Decodes bytes whose last code point may be cut; the half is dropped. */
function decodeWhole(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true })
}
