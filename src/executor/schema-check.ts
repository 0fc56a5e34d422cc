/** A caller's JSON Schema, compiled and applied within time limits. */
import type { Issue } from '../errors.ts'
import { compileValidator, validate, type Validator } from './json-schema.ts'
import { runInWorker, tryWithTimeout, WORKER_LIMIT_MS } from './time-limit.ts'

/** Resolves to null when a JSON text matches the schema, or else to everything that is wrong. */
export type SchemaCheck = (text: string) => string | null | Promise<string | null>

export type CompiledSchema = { check: SchemaCheck } | { issue: Issue }

const SCHEMA_MAX_BYTES = 262_144
/** Longer texts go to the worker at once: even parsing them exceeds the short try. */
const TRY_TEXT_MAX = 1_048_576

/** Compiles a JSON Schema (draft 2020-12); null where there is none. Returns a promise when a worker has to do it. */
export function compileSchema(
  schema: unknown,
  path: string,
): CompiledSchema | null | Promise<CompiledSchema> {
  if (schema === undefined) return null
  if (typeof schema !== 'boolean' && (typeof schema !== 'object' || schema === null)) return null
  const text = toText(schema)
  if (text === null) return { issue: { path, message: 'nested too deep' } }
  if (Buffer.byteLength(text) > SCHEMA_MAX_BYTES)
    return { issue: { path, message: `at most ${SCHEMA_MAX_BYTES} bytes of JSON` } }
  const tried = tryWithTimeout(() => compileValidator(schema))
  if (tried === null) return compileInWorker(text, path)
  const compiled = tried.value
  return 'error' in compiled
    ? { issue: { path, message: compiled.error } }
    : { check: checkWith(compiled, text) }
}

function checkWith(validator: Validator, schema: string): SchemaCheck {
  return (text) => {
    const tried = text.length > TRY_TEXT_MAX ? null : tryWithTimeout(() => validate(validator, text))
    return tried === null ? checkInWorker(schema, text) : tried.value
  }
}

async function checkInWorker(schema: string, text: string): Promise<string | null> {
  const result = await runInWorker({ kind: 'value', schema, text })
  return result === null
    ? `checking the value against its schema took longer than ${WORKER_LIMIT_MS} ms`
    : result.value
}

async function compileInWorker(schema: string, path: string): Promise<CompiledSchema> {
  const result = await runInWorker({ kind: 'schema', schema })
  if (result === null)
    return { issue: { path, message: `compiling it took longer than ${WORKER_LIMIT_MS} ms` } }
  if (result.value !== null) return { issue: { path, message: result.value } }
  return { check: (text) => checkInWorker(schema, text) }
}

/** Null for a schema that is nested too deep for JSON. */
function toText(schema: unknown): string | null {
  try {
    return JSON.stringify(schema)
  } catch {
    return null
  }
}
