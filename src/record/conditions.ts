/** Conditions on fields of the record as they are written: `durationMs>=1000`, `outcome!=success`. */
import { FIELD_NAMES, fieldOf, type FieldName } from './record.ts'

/** `^=` is a prefix and `~` a part of the text, in any case of letters. */
export const OPERATORS = ['=', '!=', '>', '>=', '<', '<=', '^=', '!^=', '~', '!~'] as const
export type Operator = (typeof OPERATORS)[number]

/** Before a list of values: any of them, or none of them. Each has the operator of one value. */
export const LIST_OPERATORS = { ':': '=', '!:': '!=' } as const
export type ListOperator = keyof typeof LIST_OPERATORS
const LIST_SIGNS = [':', '!:'] as const satisfies readonly ListOperator[]

/** The tenant and the window have parameters of their own; code and bodies are too large to search. */
const OWN_PARAMETER = ['organizationId', 'startedAt'] as const
const BODIES = ['code', 'input', 'request', 'result'] as const
type Excluded = (typeof OWN_PARAMETER)[number] | (typeof BODIES)[number]
export type FilterField = Exclude<FieldName, Excluded>

const EXCLUDED: ReadonlySet<FieldName> = new Set<FieldName>([...OWN_PARAMETER, ...BODIES])

/** Every field that can be filtered by. */
export const FILTER_FIELDS = FIELD_NAMES.filter((name): name is FilterField => !EXCLUDED.has(name))

/** The operators that fit one value of a field. */
export function operatorsOf(name: FilterField): readonly Operator[] {
  const { type, values } = fieldOf(name)
  if (type === 'boolean' || values !== undefined) return ['=', '!=']
  return type === 'text' ? ['=', '!=', '^=', '!^=', '~', '!~'] : ['=', '!=', '>', '>=', '<', '<=']
}

/** The operators that a condition on a field is written with. */
export function writtenOperatorsOf(name: FilterField): readonly (Operator | ListOperator)[] {
  const single = operatorsOf(name)
  return fieldOf(name).type === 'boolean' ? single : [...single, ...LIST_SIGNS]
}

export function isListOperator(operator: Operator | ListOperator): operator is ListOperator {
  return Object.hasOwn(LIST_OPERATORS, operator)
}

const CONDITION = /^([A-Za-z]\w*)(!\^=|!=|!~|!:|>=|<=|\^=|=|>|<|~|:)(.*)$/su
const SIGNS = [...OPERATORS, ...LIST_SIGNS] as const

/** The parts of a condition; null where there is no operator. Neither the field nor the value is checked. */
export function splitCondition(
  text: string,
): { name: string; operator: Operator | ListOperator; value: string } | null {
  const [, name = '', sign = '', value = ''] = CONDITION.exec(text) ?? []
  const operator = SIGNS.find((known) => known === sign)
  return operator === undefined ? null : { name, operator, value }
}

/** The field of that name, if it can be filtered by. */
export function filterFieldOf(name: string): FilterField | null {
  return FILTER_FIELDS.find((known) => known === name) ?? null
}

/** The values of a list, in which `\` stands before a comma or a `\` of a value. An empty value is an absent one. */
export function splitList(text: string): string[] {
  const values = ['']
  for (const [part] of text.matchAll(/\\[\\,]|,|[^\\,]+|\\/gu))
    if (part === ',') values.push('')
    else values.push(`${values.pop() ?? ''}${part.replace(/^\\(?=[\\,])/u, '')}`)
  return values
}

/** The list of some values, such as `failure,timeout`. */
export function joinList(values: readonly string[]): string {
  return values.map((value) => value.replaceAll(/[\\,]/gu, '\\$&')).join(',')
}
