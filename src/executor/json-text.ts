import type { Issue } from '../errors.ts'

/** Text of a value as JSON, or everything about it that JSON cannot carry. */
export type JsonText = { ok: true; text: string } | { ok: false; issues: Issue[] }

/**
 * Writes a value as JSON and says clearly what JSON would have changed in silence: NaN, Infinity, BigInt,
 * undefined and functions inside, cycles. `undefined` itself counts as null.
 */
export function toJsonText(value: unknown, path: string): JsonText {
  if (value === undefined) return { ok: true, text: 'null' }
  const issues: Issue[] = []
  const check = (key: string, item: unknown): unknown => {
    const fault = describeFault(item)
    if (fault !== null) issues.push({ path: key === '' ? path : `${path}.${key}`, message: fault })
    return fault === null ? item : null
  }
  try {
    const text = JSON.stringify(value, check)
    return issues.length === 0 ? { ok: true, text } : { ok: false, issues }
  } catch (error) {
    return {
      ok: false,
      issues: [
        {
          path,
          message: `not JSON: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`,
        },
      ],
    }
  }
}

function describeFault(item: unknown): string | null {
  if (typeof item === 'bigint') return 'a BigInt is not JSON; send it as a string'
  if (typeof item === 'function' || typeof item === 'symbol') return `a ${typeof item} is not JSON`
  if (item === undefined) return 'undefined is not JSON; leave the key out or send null'
  if (typeof item === 'number' && !Number.isFinite(item)) return `${item} is not JSON; send null or a string`
  return null
}
