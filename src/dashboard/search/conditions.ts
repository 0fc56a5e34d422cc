/** How the conditions of a filter change. The values that it wants of a field, or excludes, are one condition. */
import {
  isListOperator,
  joinList,
  LIST_OPERATORS,
  splitCondition,
  splitList,
} from '../../record/conditions.ts'

const OPPOSITES = {
  '=': '!=',
  '!=': '=',
  ':': '!:',
  '!:': ':',
  '^=': '!^=',
  '!^=': '^=',
  '~': '!~',
  '!~': '~',
  '>': '<=',
  '<=': '>',
  '<': '>=',
  '>=': '<',
} as const

/** `outcome!=success` of `outcome=success`, and the other way round; what is no condition stays. */
export function opposite(condition: string): string {
  const split = splitCondition(condition)
  return split === null ? condition : `${split.name}${OPPOSITES[split.operator]}${split.value}`
}

interface FieldValues {
  name: string
  sign: '=' | '!='
  values: readonly string[]
}

/** The values that a condition wants or excludes; null for one that says something else of its field. */
export function valuesOf(condition: string): FieldValues | null {
  const split = splitCondition(condition)
  if (split === null) return null
  const { name, operator, value } = split
  if (isListOperator(operator)) return { name, sign: LIST_OPERATORS[operator], values: splitList(value) }
  return operator === '=' || operator === '!=' ? { name, sign: operator, values: [value] } : null
}

/**
 * Adds a condition. Values that are excluded join the others that are; those that are wanted replace the others. No value
 * stays both, and no condition beside its opposite.
 */
export function withCondition(where: readonly string[], condition: string): string[] {
  const added = valuesOf(condition)
  if (added === null)
    return [...where.filter((one) => one !== condition && one !== opposite(condition)), condition]
  const others = withoutValues(where, opposed(added))
  if (added.sign === '!=') return withValues(others, added)
  return [...others.filter((one) => !isAlike(one, added)), condition]
}

/** With the values of a condition among those that its field should or should not have, or without them where they are. */
export function withToggled(where: readonly string[], condition: string): string[] {
  const toggled = valuesOf(condition)
  if (toggled === null)
    return where.includes(condition)
      ? where.filter((one) => one !== condition)
      : withCondition(where, condition)
  return hasValues(where, condition)
    ? withoutValues(where, toggled)
    : withValues(withoutValues(where, opposed(toggled)), toggled)
}

/** Whether a filter has a condition, be it as a part of one with several values. */
export function hasValues(where: readonly string[], condition: string): boolean {
  const asked = valuesOf(condition)
  if (asked === null) return where.includes(condition)
  const present = new Set(valuesLike(where, asked))
  return asked.values.every((value) => present.has(value))
}

function opposed({ name, sign, values }: FieldValues): FieldValues {
  return { name, sign: sign === '=' ? '!=' : '=', values }
}

function isAlike(condition: string, { name, sign }: FieldValues): boolean {
  const own = valuesOf(condition)
  return own !== null && own.name === name && own.sign === sign
}

function valuesLike(where: readonly string[], kind: FieldValues): string[] {
  return where.flatMap((one) => (isAlike(one, kind) ? (valuesOf(one)?.values ?? []) : []))
}

/** The values in one condition, where the first of their kind stands. */
function withValues(where: readonly string[], added: FieldValues): string[] {
  const at = where.findIndex((one) => isAlike(one, added))
  const others = where.filter((one) => !isAlike(one, added))
  const written = write({ ...added, values: [...new Set([...valuesLike(where, added), ...added.values])] })
  return at === -1 ? [...others, written] : [...others.slice(0, at), written, ...others.slice(at)]
}

function withoutValues(where: readonly string[], { values, ...kind }: FieldValues): string[] {
  return where.flatMap((one) => {
    const own = valuesOf(one)
    if (own === null || own.name !== kind.name || own.sign !== kind.sign) return [one]
    const left = own.values.filter((value) => !values.includes(value))
    return left.length === 0
      ? []
      : [left.length === own.values.length ? one : write({ ...kind, values: left })]
  })
}

function write({ name, sign, values }: FieldValues): string {
  if (values.length === 1) return `${name}${sign}${values[0] ?? ''}`
  return `${name}${sign === '=' ? ':' : '!:'}${joinList(values)}`
}
