/** Issues of a failed validation, in words of exectrail instead of those of the validation library. */
import type { z } from 'zod'
import { InvalidRequestError, type Issue } from './errors.ts'

type Raw = z.core.$ZodRawIssue
export type Validated<Output> = { ok: true; value: Output } | { ok: false; issues: Issue[] }

const ISSUES_MAX = 100

/** Validates `value`, and lists at most 100 issues; a schema's own message stands before the general one. */
export function validate<Output>(schema: z.ZodType<Output>, value: unknown): Validated<Output> {
  const parsed = schema.safeParse(value, { error: explain })
  if (parsed.success) return { ok: true, value: parsed.data }
  return {
    ok: false,
    issues: parsed.error.issues.slice(0, ISSUES_MAX).flatMap(toIssues).slice(0, ISSUES_MAX),
  }
}

/** The validated value. @throws {InvalidRequestError} with every issue */
export function checked<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const validated = validate(schema, value)
  if (validated.ok) return validated.value
  throw new InvalidRequestError(validated.issues)
}

/** An unknown key is an issue at that key; an invalid key has the message about the key. */
function toIssues(issue: z.core.$ZodIssue): Issue[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: issue.message }))
  const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message
  return [{ path: path.join('.'), message }]
}

function explain(issue: Raw): string {
  switch (issue.code) {
    case 'invalid_type':
      return `${missing(issue)}${NAMES[issue.expected] ?? issue.expected}${otherThan(issue.input)}`
    case 'invalid_value':
      return `${missing(issue)}one of: ${issue.values.join(', ')}`
    case 'unrecognized_keys':
      return `unknown; known are: ${knownKeys(issue.inst).join(', ') || 'none'}`
    case 'too_small':
      return issue.minimum === 1 && unitOf(issue.origin) !== ''
        ? 'must not be empty'
        : `at least ${Number(issue.minimum)}${unitOf(issue.origin)}`
    case 'too_big':
      return `at most ${Number(issue.maximum)}${unitOf(issue.origin)}`
    case 'invalid_format':
      return issue.pattern === undefined ? `not of the form ${issue.format}` : `must match ${issue.pattern}`
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'invalid_key':
    case 'invalid_element':
    case 'invalid_union':
    case 'custom':
    default:
      return 'not a valid value here'
  }
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
}

function missing({ input }: Raw): string {
  return input === undefined ? 'is missing; give ' : ''
}

function otherThan(input: unknown): string {
  if (input === undefined) return ''
  if (input === null) return ', not null'
  if (Number.isNaN(input)) return ', not NaN'
  return `, not ${Array.isArray(input) ? 'a list' : (NAMES[typeof input] ?? `a ${typeof input}`)}`
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters'
  return origin === 'number' || origin === 'int' ? '' : ' entries'
}

function knownKeys(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  if ('keyType' in schema) return optionsOf(schema.keyType)
  return 'shape' in schema ? Object.keys(schema.shape ?? {}) : []
}

/** Of an enumeration; none of what is no enumeration. */
function optionsOf(schema: unknown): string[] {
  const isEnum = typeof schema === 'object' && schema !== null && 'options' in schema
  return isEnum && Array.isArray(schema.options) ? schema.options.map(String) : []
}
