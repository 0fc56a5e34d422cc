import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import type { Issue } from '../errors.ts'
import { BOUND_MS, runBounded } from './bounded.ts'

/** Null when the value meets the schema, else what is wrong with it, all at once. */
export type Check = (value: unknown) => string | null

/** Compiles a caller's JSON Schema (draft 2020-12); faults of the schema itself are added to `issues`. */
export function compileSchema(schema: unknown, path: string, issues: Issue[]): Check | null {
  if (schema === undefined) return null
  if (typeof schema !== 'boolean' && (typeof schema !== 'object' || schema === null)) return null
  try {
    // One Ajv a schema: a shared one would keep every caller's schema, and their $id would collide.
    const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false, logger: false })
    return toCheck(ajv.compile(schema), ajv)
  } catch (error) {
    issues.push({
      path,
      message: `not a JSON Schema: ${error instanceof Error ? error.message : String(error)}`,
    })
    return null
  }
}

function toCheck(validate: ValidateFunction, ajv: Ajv2020): Check {
  const check: Check = (value) =>
    validate(value) ? null : ajv.errorsText(validate.errors, { dataVar: 'value', separator: '; ' })
  return (value) =>
    runBounded(
      () => check(value),
      () => `holding the value against its schema took longer than ${BOUND_MS} ms`,
    )
}
