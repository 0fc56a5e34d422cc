/** Conditions as people and programs write them: `durationMs>=1000`, `outcome!=success`, `errorMessage~timeout`. */
import { asStored, fieldOf } from '../record/record.ts'
import { withoutAlias } from '../record/values.ts'
import {
  FILTER_FIELDS,
  filterFieldOf,
  isListOperator,
  LIST_OPERATORS,
  OPERATORS,
  splitCondition,
  splitList,
  writtenOperatorsOf,
  type FilterField,
  type Operator,
} from '../record/conditions.ts'
import type { FilterTerm, FilterValue } from '../store/filter.ts'
import { checkTime, toUtc } from './window.ts'

const VALUE_MAX = 256
const VALUES_MAX = 100

type Parsed<Value> = { ok: true; value: Value } | { ok: false; message: string }

/** One condition; `field=` holds for records without a value. Says what to write instead of one it cannot read. */
export function parseTerm(text: string): Parsed<FilterTerm> {
  const split = splitCondition(text)
  if (split === null)
    return refuse(
      `write FIELD, then one of ${OPERATORS.join(' ')} and the value, or : or !: and several, such as durationMs>=1000 or outcome:failure,timeout`,
    )
  const { name, operator, value: given } = split
  const field = filterFieldOf(name)
  if (field === null)
    return refuse(`${name.slice(0, 60)} is not a field to filter by; fields are: ${FILTER_FIELDS.join(', ')}`)
  if (!writtenOperatorsOf(field).includes(operator))
    return refuse(`${field} takes ${writtenOperatorsOf(field).join(' ')}, not ${operator}`)
  if (isListOperator(operator)) return parseList(field, LIST_OPERATORS[operator], given)
  const value = parseValue(field, operator, given)
  return value.ok ? { ok: true, value: { field, operator, values: [value.value] } } : value
}

function parseList(field: FilterField, operator: '=' | '!=', text: string): Parsed<FilterTerm> {
  if (text === '') return refuse(`values are missing behind ${field}, separated by commas`)
  const given = splitList(text)
  if (given.length > VALUES_MAX) return refuse(`at most ${VALUES_MAX} values of ${field}`)
  const values: FilterValue[] = []
  for (const one of new Set(given)) {
    const parsed = parseValue(field, operator, one)
    if (!parsed.ok) return parsed
    values.push(parsed.value)
  }
  return { ok: true, value: { field, operator, values } }
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
