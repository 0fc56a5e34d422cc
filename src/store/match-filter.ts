/** The filter of lists as a function over records, with the same answers as its SQL; a property test compares both. */
import { fieldOf, type ExecutionRecord, type FieldName } from '../record/record.ts'
import { SEARCHED, type Filter, type FilterTerm, type FilterValue } from './filter.ts'
import { toClickHouseTime } from './rows.ts'

/** A record, or the part of it that is known when a run begins. */
export type PartialRecord = Readonly<Partial<ExecutionRecord>>
export type Matcher = (record: PartialRecord) => boolean

/** The fields that a filter looks at. */
export function fieldsOf({ terms, text }: Filter): FieldName[] {
  return [...terms.map(({ field }) => field), ...(text === undefined ? [] : SEARCHED)]
}

/** True for records that the filter holds for; a field that a record lacks is absent. */
export function compileFilter({ terms, text }: Filter): Matcher {
  const tests = terms.map(compileTerm)
  if (text !== undefined) {
    const needle = foldCase(text)
    tests.push((record) => SEARCHED.some((field) => contains(textOf(record, field), needle)))
  }
  return (record) => tests.every((test) => test(record))
}

function compileTerm({ field, operator, values }: FilterTerm): Matcher {
  const tests = values.map((value) => compileValue(field, operator.replace(/^!/u, ''), value))
  return operator.startsWith('!')
    ? (record) => !tests.some((test) => test(record))
    : (record) => tests.some((test) => test(record))
}

function compileValue(field: FieldName, operator: string, value: FilterValue): Matcher {
  const { type } = fieldOf(field)
  if (value === null)
    return type === 'text'
      ? (record) => textOf(record, field) === ''
      : (record) => (record[field] ?? null) === null
  if (operator === '^=') return (record) => textOf(record, field).startsWith(String(value))
  if (operator === '~') {
    const needle = foldCase(String(value))
    return (record) => contains(textOf(record, field), needle)
  }
  if (type === 'time') {
    const bound = toClickHouseTime(String(value))
    return (record) => {
      const time = record[field] ?? null
      return time !== null && compare(operator, toClickHouseTime(String(time)), bound)
    }
  }
  return (record) => {
    const own = record[field] ?? null
    return own !== null && compare(operator, own, value)
  }
}

function compare<Value extends string | number | boolean>(
  operator: string,
  own: Value,
  value: Value,
): boolean {
  if (operator === '=') return own === value
  if (operator === '>') return own > value
  if (operator === '>=') return own >= value
  return operator === '<' ? own < value : own <= value
}

function textOf(record: PartialRecord, field: FieldName): string {
  return String(record[field] ?? '')
}

function contains(text: string, foldedNeedle: string): boolean {
  return text.length > 0 && foldCase(text).includes(foldedNeedle)
}

const ASCII = /^[\0-\x7f]*$/u

/** Code point by code point, as ClickHouse: ß stays ß, and İ becomes no two letters. */
function foldCase(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  let folded = ''
  for (const point of text) {
    const lower = point.toLowerCase()
    folded += lower.length === String.fromCodePoint(lower.codePointAt(0) ?? 0).length ? lower : point
  }
  return folded
}
