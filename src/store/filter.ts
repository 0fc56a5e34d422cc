/** Conditions on the fields of an execution, and their SQL. */
import { columnOf } from '../record/columns.ts'
import type { FilterField, Operator } from '../record/conditions.ts'
import { fieldOf, type FieldName } from '../record/record.ts'
import type { Field } from '../record/fields.ts'
import { toClickHouseTime } from './rows.ts'
import { narrow, type Condition } from './tenant.ts'

/** One condition. Several values match if any of them does, or, negated, if none does; null is an absent value. */
export interface FilterTerm {
  field: FilterField
  operator: Operator
  values: readonly FilterValue[]
}
export type FilterValue = string | number | boolean | null

/** Conditions that all hold. `text` is part of the error or of the output. */
export interface Filter {
  terms: readonly FilterTerm[]
  text?: string | undefined
}

/** Where `text` is searched. */
export const SEARCHED: readonly FieldName[] = ['errorMessage', 'errorStack', 'stdout', 'stderr']

/** Adds the conditions of a filter. */
export function filtered(base: Condition, { terms, text }: Filter): Condition {
  const all = terms.reduce((condition, term, index) => addTerm(condition, term, `f${index}`), base)
  if (text === undefined) return all
  const parts = SEARCHED.map((name) => `positionCaseInsensitiveUTF8(${textOf(name)}, {text:String}) > 0`)
  return narrow(all, anyOf(parts), { text })
}

const PARAMETER_TYPES: Readonly<Record<Field['type'], string>> = {
  text: 'String',
  json: 'String',
  time: 'DateTime64(9)',
  integer: 'Int64',
  double: 'Float64',
  boolean: 'Bool',
}

function addTerm(base: Condition, { field, operator, values }: FilterTerm, name: string): Condition {
  const given = values.filter((value) => value !== null)
  const negated = operator.startsWith('!')
  const parts = given.map((value, index) => compare(field, operator, `${name}_${index}`))
  if (given.length < values.length) parts.push(isAbsent(field))
  const any = anyOf(parts)
  const parameters = Object.fromEntries(
    given.map((value, index) => [`${name}_${index}`, toParameter(field, value)]),
  )
  return narrow(base, negated ? `not(${any})` : any, parameters)
}

/** As a function, because the operator binds weaker than the tenant's AND. */
function anyOf(parts: readonly string[]): string {
  const [first = 'false', ...others] = parts
  return others.length === 0 ? first : `or(${parts.join(', ')})`
}

/** True or false, never null, so that its negation holds for absent values. */
function compare(field: FilterField, operator: Operator, parameter: string): string {
  const { type } = fieldOf(field)
  const value = `{${parameter}:${PARAMETER_TYPES[type]}}`
  const positive = operator.replace(/^!/u, '')
  if (positive === '^=') return `startsWith(${textOf(field)}, ${value})`
  if (positive === '~') return `positionCaseInsensitiveUTF8(${textOf(field)}, ${value}) > 0`
  // A plain comparison lets the sort key and the skip indexes narrow what is read.
  const test = `${columnOf(field)} ${positive} ${value}`
  return operator === '!=' && canBeNull(field) ? `ifNull(${test}, false)` : test
}

function isAbsent(field: FilterField): string {
  const { type } = fieldOf(field)
  return type === 'text' ? `${textOf(field)} = ''` : `${columnOf(field)} IS NULL`
}

function textOf(field: FieldName): string {
  return canBeNull(field) ? `ifNull(${columnOf(field)}, '')` : columnOf(field)
}

function canBeNull(field: FieldName): boolean {
  return fieldOf(field).column.includes('Nullable')
}

function toParameter(field: FilterField, value: string | number | boolean): string | number | boolean {
  return fieldOf(field).type === 'time' ? toClickHouseTime(String(value)) : value
}
