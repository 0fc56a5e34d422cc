/** JSON Schema, draft 2020-12, without a time limit. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { messageOf } from '../errors.ts'

export interface Validator {
  validate: ValidateFunction
  ajv: Ajv2020
}

const OPTIONS = {
  allErrors: true,
  strict: false,
  validateFormats: false,
  logger: false,
  ownProperties: true, // every object inherits `constructor` and the like
} as const

export function compileValidator(schema: unknown): Validator | { error: string } {
  if (typeof schema !== 'boolean' && (typeof schema !== 'object' || schema === null))
    return { error: 'not a JSON Schema: it must be an object or a boolean' }
  try {
    // One Ajv per schema: a shared one would keep every caller's schema, and their $id would collide.
    const ajv = new Ajv2020(OPTIONS)
    return { validate: ajv.compile(schema), ajv }
  } catch (error) {
    return { error: `not a JSON Schema: ${messageOf(error)}` }
  }
}

/** Every way in which a JSON text does not match; null when it matches. */
export function validate({ validate: isValid, ajv }: Validator, text: string): string | null {
  try {
    if (isValid(JSON.parse(text))) return null
    return ajv.errorsText(isValid.errors, { dataVar: 'value', separator: '; ' })
  } catch (error) {
    // Most likely the schema refers to itself without end.
    return `the value cannot be checked against its schema: ${messageOf(error)}`
  }
}

/** What is wrong with the schema itself, or null. */
export function schemaError(schema: unknown): string | null {
  const compiled = compileValidator(schema)
  return 'error' in compiled ? compiled.error : null
}

export function validateText(schema: unknown, text: string): string | null {
  const compiled = compileValidator(schema)
  return 'error' in compiled ? compiled.error : validate(compiled, text)
}
