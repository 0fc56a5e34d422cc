/** JSON values as a tree draws them. A number that a double cannot hold is an object with its digits. */
import type { Json } from '../../execution.ts'

export type Shape =
  | { kind: 'object'; entries: readonly (readonly [string, Json])[] }
  | { kind: 'array'; entries: readonly Json[] }
  | { kind: 'text'; text: string }
  | { kind: 'number' | 'boolean' | 'null'; text: string }

export function shapeOf(value: Json): Shape {
  if (value === null) return { kind: 'null', text: 'null' }
  if (typeof value === 'string') return { kind: 'text', text: value }
  if (typeof value === 'number') return { kind: 'number', text: String(value) }
  if (typeof value === 'boolean') return { kind: 'boolean', text: String(value) }
  if (JSON.isRawJSON?.(value) === true) return { kind: 'number', text: value.rawJSON }
  if (isList(value)) return { kind: 'array', entries: value }
  return { kind: 'object', entries: Object.entries(value) }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

/** Indentation of deeper values would be larger than the values. */
const INDENTED_DEPTH = 100

/** JSON text with all digits, indented where it is not deep; null for what nests deeper than the browser can write. */
export function toJsonText(value: Json): string | null {
  try {
    const text = JSON.stringify(value)
    return depthOf(text) > INDENTED_DEPTH ? text : JSON.stringify(value, null, 2)
  } catch {
    return null
  }
}

/** At least the depth of the value: brackets in texts count as well. */
function depthOf(text: string): number {
  let depth = 0
  let most = 0
  for (const [bracket] of text.matchAll(/[[{\]}]/gu)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1
    most = Math.max(most, depth)
  }
  return most
}
