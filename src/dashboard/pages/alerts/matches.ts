/** The values that the group of an alert has, or that a silence asks of it, as a reader writes them. */
import { listOf } from '../../components/form.tsx'
import { visible } from '../../format/visible-text.ts'

export type Matches = Readonly<Record<string, string | null>>

/** Such as `codeAgentId=summer, userId=`, as `splitParts` and `readMatches` read it. */
export function matchesOf(matches: Matches): string {
  return Object.entries(matches)
    .map(([field, value]) => `${field}=${value ?? ''}`)
    .join(', ')
}

export function describeMatches(matches: Matches): string {
  const parts = Object.entries(matches).map(([field, value]) => `${field}=${value ?? '(none)'}`)
  return parts.length === 0 ? 'all' : visible(parts.join(', '))
}

/** @returns null where one of the parts is no `field=value` */
export function readMatches(parts: readonly string[]): Matches | null {
  const read = parts.map((part) => /^(\w+)=(.*)$/su.exec(part))
  if (read.includes(null)) return null
  return Object.fromEntries(read.map((found) => [found?.[1] ?? '', found?.[2] || null]))
}

/** A comma before another field; one within a value stays. */
const BETWEEN = /,\s+(?=\w+[=!<>^~:])/u

/** The parts of a text such as `codeAgentId=summer, runtime=vm2`. */
export function splitParts(text: string): string[] {
  return listOf(text, BETWEEN)
}
