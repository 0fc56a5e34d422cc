/** A condition while it is written: its operator in words, its value as typed. */
import {
  filterFieldOf,
  isListOperator,
  joinList,
  splitCondition,
  splitList,
  writtenOperatorsOf,
  type FilterField,
  type ListOperator,
  type Operator,
} from '../../record/conditions.ts'
import { fieldOf } from '../../record/record.ts'

const SIGNS = {
  is: '=',
  'is not': '!=',
  'is any of': ':',
  'is none of': '!:',
  'is more than': '>',
  'is at least': '>=',
  'is less than': '<',
  'is at most': '<=',
  'begins with': '^=',
  'does not begin with': '!^=',
  contains: '~',
  'does not contain': '!~',
  'is absent': '=',
  'is present': '!=',
} as const satisfies Readonly<Record<string, Operator | ListOperator>>

type Choice = keyof typeof SIGNS

const CHOICES = Object.keys(SIGNS).filter((name): name is Choice => Object.hasOwn(SIGNS, name))

/** What can be said of a field. */
export function choicesOf(field: FilterField): readonly Choice[] {
  const operators = writtenOperatorsOf(field)
  return CHOICES.filter((choice) => operators.includes(SIGNS[choice]))
}

export interface Draft {
  field: FilterField
  choice: Choice
  value: string
}

/** The values of a closed set; null for a field that takes any. */
export function valuesOf(field: FilterField): readonly string[] | null {
  const { values, type } = fieldOf(field)
  return values ?? (type === 'boolean' ? ['true', 'false'] : null)
}

export function isList(choice: Choice): boolean {
  return isListOperator(SIGNS[choice])
}

export function isValueless(choice: Choice): boolean {
  return choice === 'is absent' || choice === 'is present'
}

/** The draft of a condition; without one, that of a first. */
export function readDraft(condition: string | undefined): Draft {
  const split = condition === undefined ? null : splitCondition(condition)
  const field = filterFieldOf(split?.name ?? '')
  if (split === null || field === null) return emptyDraft('outcome', 'is')
  const choice = CHOICES.find(
    (one) => SIGNS[one] === split.operator && isValueless(one) === (split.value === ''),
  )
  return { field, choice: choice ?? 'is', value: split.value }
}

/** With a value of a list taken in or, where it is there, out. */
export function toggleValue(list: string, one: string): string {
  const values = list === '' ? [] : splitList(list)
  return joinList(values.includes(one) ? values.filter((other) => other !== one) : [...values, one])
}

/** The condition; null while a value is missing. */
export function writeDraft({ field, choice, value }: Draft): string | null {
  if (isValueless(choice)) return `${field}${SIGNS[choice]}`
  return value === '' ? null : `${field}${SIGNS[choice]}${value}`
}

/** The operator stays where the other field has it; the value does not. */
export function changeField(draft: Draft, name: string): Draft {
  const field = filterFieldOf(name) ?? draft.field
  return emptyDraft(field, choicesOf(field).includes(draft.choice) ? draft.choice : 'is')
}

export function changeChoice(draft: Draft, name: string): Draft {
  const choice = CHOICES.find((one) => one === name) ?? draft.choice
  if (isList(choice) === isList(draft.choice)) return { ...draft, choice }
  const value = isList(choice) ? joinList([draft.value]) : (splitList(draft.value)[0] ?? '')
  return { ...draft, choice, value }
}

function emptyDraft(field: FilterField, choice: Choice): Draft {
  return { field, choice, value: valuesOf(field)?.[0] ?? '' }
}
