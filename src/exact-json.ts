/** JSON whose numbers keep the digits they came with: a double holds no more than 53 bits of an integer. */
import { endOfString } from './json-strings.ts'

declare global {
  interface JSON {
    rawJSON(text: string): object
    /** Browsers of 2023 lack it. */
    isRawJSON?: (value: unknown) => value is { rawJSON: string }
  }
}

/** A value that is passed on as the JSON text it came as. `text` is valid JSON. */
export class JsonSource {
  readonly text: string

  constructor(text: string) {
    this.text = withoutSpace(text)
  }

  toJSON(): unknown {
    return JSON.parse(this.text)
  }
}

/** The text of a member of a JSON object, the last one of that name; null without one. `text` is valid JSON. */
export function memberSource(text: string, name: string): JsonSource | null {
  let depth = 0
  let key: string | null = null
  let start = -1
  let found: string | null = null
  const close = (end: number): void => {
    if (key === name && start >= 0) found = text.slice(start, end)
    start = -1
    key = null
  }
  for (let at = 0; at < text.length; at += 1) {
    const unit = text[at]
    if (unit === '"') {
      const end = endOfString(text, at)
      if (depth === 1 && key === null) key = JSON.parse(text.slice(at, end + 1))
      at = end
    } else if (unit === '{' || unit === '[') depth += 1
    else if (unit === '}' || unit === ']') {
      depth -= 1
      if (depth === 0) close(at)
    } else if (depth === 1 && unit === ':') start = at + 1
    else if (depth === 1 && unit === ',') close(at)
  }
  return found === null ? null : new JsonSource(found)
}

const SPACE = /[ \t\n\r]/u

/** The same JSON on one line, for protocols that end an input with a line break. */
function withoutSpace(text: string): string {
  if (!SPACE.test(text)) return text
  const parts: string[] = []
  let from = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === 34) at = endOfString(text, at)
    else if (unit === 32 || (unit >= 9 && unit <= 13)) {
      if (at > from) parts.push(text.slice(from, at))
      from = at + 1
    }
  }
  parts.push(text.slice(from))
  return parts.join('')
}

/** 2^53 and above, as `JSON.stringify` writes them: with zeros for digits. */
const ROUNDED_INTEGER = /\d{16}/u
const EXPONENT_FROM = 1e21

/** JSON text like `JSON.stringify`, with every digit of integers that it would round. */
export function writeExactly(value: unknown): string | undefined {
  const text: string | undefined = JSON.stringify(value)
  if (text === undefined || !ROUNDED_INTEGER.test(text)) return text
  return JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'number' && Number.isInteger(item) && Math.abs(item) < EXPONENT_FROM
      ? JSON.rawJSON(BigInt(item).toString())
      : item,
  )
}

/** Digits enough to lose some; also matches inside texts, which costs time only. */
const LONG_NUMBER = /[-+.\deE]{16}/u
/** As `String` writes a number; others, such as 1.10 and 1e3, lose no more than their writing. */
const PLAIN = /^-?\d+(?:\.\d+)?$/u

/** True where parsing may round a number; false for most texts. */
export function mayRound(text: string): boolean {
  return LONG_NUMBER.test(text)
}

/**
 * Parses JSON. A number that a double would change becomes an object that `JSON.stringify` writes back digit by digit.
 * @throws {SyntaxError} for what is no JSON
 */
export function parseExactly(text: string): ReturnType<typeof JSON.parse> {
  if (!mayRound(text)) return JSON.parse(text)
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
