import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Issue } from '../errors.ts'
import { askThread, BOUND_MS, tryBriefly } from './bounded.ts'

/** Null when the value, given as JSON text, meets the schema, else what is wrong with it, all at once. */
export type Check = (text: string) => string | null | Promise<string | null>

/** A schema ready to check with, or what is wrong with it. */
export type Compiled = { check: Check } | { issue: Issue }

const SCHEMA_MAX_BYTES = 262_144
/** Reading more text than this takes longer than an instant. */
const BRIEF_TEXT_MAX = 1_048_576

/**
 * Compiles a caller's JSON Schema (draft 2020-12); null where there is none. A promise where that takes so
 * long that a thread has to do it.
 */
export function compileSchema(schema: unknown, path: string): Compiled | null | Promise<Compiled> {
  if (schema === undefined) return null
  if (typeof schema !== 'boolean' && (typeof schema !== 'object' || schema === null)) return null
  const text = toText(schema)
  if (text === null) return { issue: { path, message: 'nested too deep' } }
  if (Buffer.byteLength(text) > SCHEMA_MAX_BYTES)
    return { issue: { path, message: `at most ${SCHEMA_MAX_BYTES} bytes of JSON` } }
  const tried = tryBriefly(() => compileNow(schema))
  if (tried === null) return compileInThread(text, path)
  const compiled = tried.value
  return 'fault' in compiled
    ? { issue: { path, message: compiled.fault } }
    : { check: checkWith(compiled, text) }
}

/** What is wrong with a schema itself, else null. */
export function findSchemaFault(schema: unknown): string | null {
  const compiled = compileNow(schema)
  return 'fault' in compiled ? compiled.fault : null
}

/** Holds JSON text against a schema, however long it takes. */
export function checkText(schema: unknown, text: string): string | null {
  const compiled = compileNow(schema)
  return 'fault' in compiled ? compiled.fault : checkNow(compiled, text)
}

interface Validator {
  validate: ValidateFunction
  ajv: Ajv2020
}

function compileNow(schema: unknown): Validator | { fault: string } {
  if (typeof schema !== 'boolean' && (typeof schema !== 'object' || schema === null))
    return { fault: 'not a JSON Schema: an object or a boolean is' }
  try {
    // One Ajv a schema: a shared one would keep every caller's schema, and their $id would collide.
    const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false, logger: false })
    return { validate: ajv.compile(schema), ajv }
  } catch (error) {
    return { fault: `not a JSON Schema: ${describe(error)}` }
  }
}

function checkNow({ validate, ajv }: Validator, text: string): string | null {
  try {
    if (validate(JSON.parse(text))) return null
    return ajv.errorsText(validate.errors, { dataVar: 'value', separator: '; ' })
  } catch (error) {
    // A schema that leads back to itself without end, most likely.
    return `the value cannot be held against its schema: ${describe(error)}`
  }
}

function checkWith(validator: Validator, schema: string): Check {
  return (text) => {
    const tried = text.length > BRIEF_TEXT_MAX ? null : tryBriefly(() => checkNow(validator, text))
    return tried === null ? checkInThread(schema, text) : tried.value
  }
}

async function checkInThread(schema: string, text: string): Promise<string | null> {
  const answer = await askThread({ about: 'value', schema, text })
  return answer === null
    ? `holding the value against its schema took longer than ${BOUND_MS} ms`
    : answer.value
}

async function compileInThread(schema: string, path: string): Promise<Compiled> {
  const answer = await askThread({ about: 'schema', schema })
  if (answer === null) return { issue: { path, message: `compiling it took longer than ${BOUND_MS} ms` } }
  if (answer.value !== null) return { issue: { path, message: answer.value } }
  return { check: (text) => checkInThread(schema, text) }
}

/** Null for what is nested too deep for JSON. */
function toText(schema: unknown): string | null {
  try {
    return JSON.stringify(schema)
  } catch {
    return null
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
