/** Names of files in `/out`: bytes of the program's choosing, as text. */
import { isUtf8 } from 'node:buffer'

/** Bytes of the longest character. */
const CHARACTER_BYTES = 4

/**
 * The name as text, a different one for each name: a byte that is no UTF-8 is written `\xNN`, and so is a backslash
 * that itself stands before `xNN`.
 */
export function outName(bytes: Buffer): string {
  if (isUtf8(bytes)) return escapeLookalikes(bytes.toString('utf8'))
  const parts: string[] = []
  let valid = 0
  for (let at = 0; at < bytes.length;) {
    const length = characterAt(bytes, at)
    if (length === 0) {
      parts.push(escapeLookalikes(bytes.toString('utf8', valid, at)), escape(bytes.readUInt8(at)))
      valid = at + 1
    }
    at += length || 1
  }
  return [...parts, escapeLookalikes(bytes.toString('utf8', valid))].join('')
}

/** Length of the character that begins at `at`; 0 for none. */
function characterAt(bytes: Buffer, at: number): number {
  for (let length = 1; length <= CHARACTER_BYTES && at + length <= bytes.length; length += 1)
    if (isUtf8(bytes.subarray(at, at + length))) return length
  return 0
}

function escapeLookalikes(text: string): string {
  return text.replaceAll(/\\(?=x[0-9a-f]{2})/g, escape(0x5c))
}

function escape(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, '0')}`
}
