/** What code hands back as its result. */
import type { Json } from '../execution.ts'
import { findJsonFault } from './json-text.ts'

const MAX_RESULT_BYTES = 10 * 1_048_576
/** Of lists, objects and texts, the slowest to read: other runs wait meanwhile. */
const MAX_RESULT_VALUES = 1_000_000

type ParsedResult = { ok: true; value: Json } | { ok: false; fault: string }

/** The code writes this text, so it can be anything. */
export function parseResult(text: string | null): ParsedResult {
  if (text === null) return { ok: true, value: null }
  if (Buffer.byteLength(text) > MAX_RESULT_BYTES)
    return { ok: false, fault: `the result is larger than ${MAX_RESULT_BYTES} bytes of JSON` }
  const fault = findJsonFault(text, MAX_RESULT_VALUES)
  if (fault !== null) return { ok: false, fault: `the result ${fault}` }
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false, fault: 'what came back as the result is not JSON' }
  }
}
