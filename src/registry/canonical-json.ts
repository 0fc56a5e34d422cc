/** One text for each JSON value: the form of RFC 8785, whose SHA-256 identifies a version of a code agent. Browsers read it too. */
import type { Issue } from '../errors.ts'

/** Lists and objects inside one another, at most. */
export const DEPTH_MAX = 64
/** Values in all, at most. */
export const VALUES_MAX = 100_000

const ISSUES_MAX = 100

interface Place {
  value: unknown
  depth: number
  key: string
  parent: Place | null
}

/**
 * What keeps a value from being JSON that every JSON parser and the database read the same way: depth, number of values,
 * NUL, half of a surrogate pair, `__proto__`, numbers that a double does not hold. At most 100 issues.
 */
export function findJsonIssues(value: unknown): Issue[] {
  const issues: Issue[] = []
  const waiting: Place[] = [{ value, depth: 0, key: '', parent: null }]
  let count = 0
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    count += 1
    if (count > VALUES_MAX) return [{ path: '', message: `at most ${VALUES_MAX} values in all` }]
    if (issues.length >= ISSUES_MAX) return issues
    const message = issueOf(place)
    if (message !== null) issues.push({ path: pathOf(place), message })
    else if (typeof place.value === 'object' && place.value !== null) {
      // Before they are listed, so that a list of millions costs nothing.
      const room = VALUES_MAX - count - waiting.length
      const size = Array.isArray(place.value) ? place.value.length : Object.keys(place.value).length
      if (size > room) return [{ path: '', message: `at most ${VALUES_MAX} values in all` }]
      waiting.push(...membersOf(place, place.value))
    }
  }
  return issues
}

function membersOf(parent: Place, value: object): Place[] {
  const depth = parent.depth + 1
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]): Place => ({ value: member, depth, key, parent }))
    .reverse()
}

function issueOf({ value, depth, key }: Place): string | null {
  if (key === '__proto__') return 'this name cannot be used'
  if (!isSound(key)) return 'a name without NUL or broken Unicode'
  if (depth > DEPTH_MAX) return `nested too deep: at most ${DEPTH_MAX} lists and objects inside one another`
  if (typeof value === 'string') return isSound(value) ? null : 'a text without NUL or broken Unicode'
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'a finite number'
  if (typeof value === 'boolean' || value === null) return null
  if (typeof value !== 'object') return `a JSON value, not a ${typeof value}`
  return isPlain(value) ? null : unlikeJson(value)
}

function isSound(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return (prototype === null || prototype === Object.prototype) && JSON.isRawJSON?.(value) !== true
}

/** Numbers that a double would change come from `parseExactly` as raw JSON. */
function unlikeJson(value: object): string {
  return JSON.isRawJSON?.(value) === true
    ? 'a number that a double holds; write one with more digits as a text'
    : 'a JSON value: a list or a plain object'
}

function pathOf(place: Place): string {
  const parts: string[] = []
  for (let at: Place | null = place; at !== null && at.parent !== null; at = at.parent) parts.push(at.key)
  return parts.reverse().join('.')
}

/** The text of RFC 8785: no space, members in the order of their names' UTF-16 units. `value` has no JSON issues. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}
