import type { Json } from '../execution.ts'
import { mayRound, parseExactly } from '../exact-json.ts'
import { findJsonFault, MAX_DEPTH } from '../executor/json-text.ts'
import { mapNames, namesWith, type ExecutionRecord, type FieldNameWith } from '../record/record.ts'

const JSON_FIELDS = namesWith({ type: 'json' })
type JsonField = FieldNameWith<{ type: 'json' }>

/** A record as callers see it: `input` and `result` are the values themselves. */
export type ExecutionView = Omit<ExecutionRecord, JsonField> & Record<JsonField, Json>

/** Parses JSON fields. A text that was truncated no longer parses and stays text, and so does one that nests too deeply. */
export function viewExecution(record: ExecutionRecord): ExecutionView {
  return { ...record, ...mapNames(JSON_FIELDS, (name) => parseJson(record[name])) }
}

/** Like `viewExecution`, for the requested fields. */
export function viewFields(record: Partial<ExecutionRecord>): Partial<ExecutionView> {
  const given = JSON_FIELDS.filter((name) => record[name] !== undefined)
  return { ...record, ...mapNames(given, (name) => parseJson(record[name] ?? null)) }
}

/** In longer texts numbers are rounded to doubles: to look at each number takes ten times longer. */
const EXACT_MAX_LENGTH = 1_048_576

/** A result with all digits. `parsed` is what its text was parsed to already. */
export function viewResult(text: string | null, parsed: Json): Json {
  return text === null || text.length > EXACT_MAX_LENGTH || !mayRound(text) ? parsed : parseExactly(text)
}

function parseJson(text: string | null): Json {
  if (text === null || nestsTooDeeply(text)) return text
  try {
    return text.length > EXACT_MAX_LENGTH ? JSON.parse(text) : parseExactly(text)
  } catch {
    return text
  }
}

/** `JSON.stringify` fails on what another program recorded deeper than results go here. */
function nestsTooDeeply(text: string): boolean {
  return text.length > MAX_DEPTH && findJsonFault(text) !== null
}
