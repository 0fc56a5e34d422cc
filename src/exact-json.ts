/** JSON whose numbers keep the digits they came with: a double holds no more than 53 bits of an integer. */

declare global {
  interface JSON {
    rawJSON(text: string): object
  }
}

/** Digits enough to lose some; also matches inside texts, which costs time only. */
const LONG_NUMBER = /[-+.\deE]{16}/u
/** As `String` writes a number; others, such as 1.10 and 1e3, lose no more than their writing. */
const PLAIN = /^-?\d+(?:\.\d+)?$/u

/**
 * Parses JSON. A number that a double would change becomes an object that `JSON.stringify` writes back digit by digit.
 * @throws {SyntaxError} for what is no JSON
 */
export function parseExactly(text: string): ReturnType<typeof JSON.parse> {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text)
  // The third argument, the text of a number, is newer than its type.
  return JSON.parse(text, (_, value: unknown, context?: { source?: string }) => {
    const source = context?.source
    return typeof value === 'number' && source !== undefined && isChanged(value, source)
      ? JSON.rawJSON(source)
      : value
  })
}

function isChanged(value: number, source: string): boolean {
  return source !== String(value) && (PLAIN.test(source) || !Number.isFinite(value))
}
