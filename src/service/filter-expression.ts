/** Conditions as people and programs write them: `durationMs>=1000`, `outcome!=success`, `errorMessage~timeout`. */
import { asStored, fieldOf } from '../record/record.ts'
import { withoutAlias } from '../record/values.ts'
import {
  FILTER_FIELDS,
  OPERATORS,
  operatorsOf,
  type FilterField,
  type FilterTerm,
  type FilterValue,
  type Operator,
} from '../store/filter.ts'
import { checkTime, toUtc } from './window.ts'

const TERM = /^([A-Za-z]+)(!\^=|!=|!~|>=|<=|\^=|=|>|<|~)(.*)$/su
const VALUE_MAX = 256

type Parsed<Value> = { ok: true; value: Value } | { ok: false; message: string }

/** One condition; `field=` holds for records without a value. Says what to write instead of one it cannot read. */
export function parseTerm(text: string): Parsed<FilterTerm> {
  const [, name = '', sign = '', rest = ''] = TERM.exec(text) ?? []
  const operator = OPERATORS.find((known) => known === sign)
  if (operator === undefined)
    return refuse(`write FIELD, then one of ${OPERATORS.join(' ')}, then the value, such as durationMs>=1000`)
  const field = FILTER_FIELDS.find((known) => known === name)
  if (field === undefined)
    return refuse(`${name.slice(0, 60)} is not a field to filter by; fields are: ${FILTER_FIELDS.join(', ')}`)
  if (!operatorsOf(field).includes(operator))
    return refuse(`${field} takes ${operatorsOf(field).join(' ')}, not ${operator}`)
  const value = parseValue(field, operator, rest)
  return value.ok ? { ok: true, value: { field, operator, values: [value.value] } } : value
}

function parseValue(field: FilterField, operator: Operator, text: string): Parsed<FilterValue> {
  const { type, values } = fieldOf(field)
  const equality = operator === '=' || operator === '!='
  if (text === '') return equality ? accept(null) : refuse(`a value is missing behind ${field}${operator}`)
  if (text.length > VALUE_MAX) return refuse(`at most ${VALUE_MAX} characters`)
  if (values !== undefined) {
    const known = withoutAlias(text)
    if (values.includes(known)) return accept(known)
    return refuse(`${field} is one of: ${values.join(', ')}`)
  }
  if (type === 'boolean')
    return text === 'true' || text === 'false' ? accept(text === 'true') : refuse(`${field} is true or false`)
  if (type === 'time') {
    const message = checkTime(text)
    return message === null ? accept(toUtc(text)) : refuse(message)
  }
  if (type !== 'integer' && type !== 'double') return accept(asStored(field, text))
  const number = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,3})?$/iu.test(text) ? Number(text) : Number.NaN
  if (!Number.isFinite(number)) return refuse(`${field} is a number`)
  return type === 'integer' && !Number.isSafeInteger(number)
    ? refuse(`${field} is a whole number`)
    : accept(number)
}

function accept<Value>(value: Value): Parsed<Value> {
  return { ok: true, value }
}

function refuse(message: string): { ok: false; message: string } {
  return { ok: false, message }
}
