import type { Issue } from '../errors.ts'
import { JsonSource, writeExactly } from '../exact-json.ts'
import { endOfString } from '../json-strings.ts'

/** A value as JSON text, or every part of it that JSON cannot represent. */
export type JsonText = { ok: true; text: string } | { ok: false; issues: Issue[] }

/** Maximum nesting of an input or a result: about what the JSON parser of every language supports. */
export const MAX_DEPTH = 900
const TOO_DEEP = `is nested deeper than ${MAX_DEPTH} levels`
const ISSUES_MAX = 100

/**
 * Serializes a value and reports what `JSON.stringify` would change silently: NaN, Infinity, nested undefined and functions,
 * and also BigInt and cycles. `undefined` itself counts as null.
 */
export function toJsonText(value: unknown, path: string, maxBytes: number): JsonText {
  if (value === undefined) return { ok: true, text: 'null' }
  if (value instanceof JsonSource) return checkSource(value.text, path, maxBytes)
  const tooLarge = { ok: false, issues: [{ path, message: `at most ${maxBytes} bytes of JSON` }] } as const
  try {
    const text: unknown = writeExactly(value)
    if (typeof text === 'string' && Buffer.byteLength(text) > maxBytes)
      return { ...tooLarge, issues: [...tooLarge.issues] }
    const careful =
      typeof text === 'string' && isPlain(value) ? { ok: true as const, text } : writeCarefully(value, path)
    const fault = careful.ok ? findJsonFault(careful.text) : null
    return fault === null ? careful : { ok: false, issues: [{ path, message: fault }] }
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, issues: [{ path, message: TOO_DEEP }] }
    return writeCarefully(value, path)
  }
}

function checkSource(text: string, path: string, maxBytes: number): JsonText {
  const fault = Buffer.byteLength(text) > maxBytes ? `at most ${maxBytes} bytes of JSON` : findJsonFault(text)
  return fault === null ? { ok: true, text } : { ok: false, issues: [{ path, message: fault }] }
}

/**
 * Finds what JSON parsers reject or change silently: nesting deeper than `MAX_DEPTH`, numbers that become Infinity, more
 * than `mostValues` lists, objects and texts. One pass, much faster than `JSON.parse`; null when there is none.
 */
export function findJsonFault(text: string, mostValues = Infinity): string | null {
  let depth = 0
  let values = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE || unit === OPEN_LIST || unit === OPEN_OBJECT) values += 1
    if (values > mostValues)
      return `has more than ${mostValues} lists, objects and texts; write a file to /out`
    if (unit === QUOTE) at = endOfString(text, at)
    else if (unit >= ZERO && unit <= NINE) {
      const end = endOfNumber(text, at)
      if (end - at > NUMBER_MAX_LENGTH) return `has a number of ${end - at} digits; write it as a string`
      if (isInfinite(text, at, end)) return describeInfinite(text.slice(at, end))
      at = end - 1
    } else if (unit === OPEN_LIST || unit === OPEN_OBJECT) {
      depth += 1
      if (depth > MAX_DEPTH) return TOO_DEEP
    } else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) depth -= 1
  }
  return null
}

const [QUOTE, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [34, 91, 93, 123, 125]
const [PLUS, MINUS, POINT, ZERO, NINE, UPPER_E, LOWER_E] = [43, 45, 46, 48, 57, 69, 101]
/** Length of `2e308`, the shortest infinite number. */
const INFINITE_MIN_LENGTH = 5
/** Reading a number takes longer the longer it is. */
const NUMBER_MAX_LENGTH = 10_000
const NUMBER_SHOWN = 24

/** End of the number whose first digit is at `from`. */
function endOfNumber(text: string, from: number): number {
  let end = from + 1
  for (; end < text.length; end += 1) {
    const unit = text.charCodeAt(end)
    const digit = unit >= ZERO && unit <= NINE
    const other = unit === POINT || unit === LOWER_E || unit === UPPER_E || unit === PLUS || unit === MINUS
    if (!digit && !other) break
  }
  return end
}

function isInfinite(text: string, from: number, end: number): boolean {
  return end - from >= INFINITE_MIN_LENGTH && Number(text.slice(from, end)) === Infinity
}

function describeInfinite(digits: string): string {
  const shown =
    digits.length > NUMBER_SHOWN ? `${digits.slice(0, NUMBER_SHOWN)}… (${digits.length} digits)` : digits
  return `has the number ${shown}, and JSON readers take none above 1.8e308; write it as a string`
}

/** True when JSON represents the value exactly; false also when that needs a closer check. */
function isPlain(root: unknown): boolean {
  const open: unknown[] = [[root]]
  while (open.length > 0) {
    const items = itemsOf(open.pop())
    if (items === null) return false
    for (const item of items) {
      if (typeof item === 'object' && item !== null) open.push(item)
      else if (describeFault(item) !== null) return false
    }
  }
  return true
}

function itemsOf(holder: unknown): readonly unknown[] | null {
  if (typeof holder !== 'object' || holder === null || 'toJSON' in holder) return null
  if (Array.isArray(holder)) return holder
  const prototype: unknown = Object.getPrototypeOf(holder)
  return prototype === Object.prototype || prototype === null ? Object.values(holder) : null
}

function writeCarefully(value: unknown, path: string): JsonText {
  const issues: Issue[] = []
  const check = (key: string, item: unknown): unknown => {
    const fault = describeFault(item)
    if (fault !== null && issues.length < ISSUES_MAX)
      issues.push({ path: key === '' ? path : `${path}.${key}`, message: fault })
    return fault === null ? item : null
  }
  try {
    const text = JSON.stringify(value, check)
    return issues.length === 0 ? { ok: true, text } : { ok: false, issues }
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error)
    return { ok: false, issues: [{ path, message: `not JSON: ${why}` }] }
  }
}

function describeFault(item: unknown): string | null {
  if (typeof item === 'bigint') return 'a BigInt is not JSON; send it as a string'
  if (typeof item === 'function' || typeof item === 'symbol') return `a ${typeof item} is not JSON`
  if (item === undefined) return 'undefined is not JSON; leave the key out or send null'
  if (typeof item === 'number' && !Number.isFinite(item)) return `${item} is not JSON; send null or a string`
  return null
}
