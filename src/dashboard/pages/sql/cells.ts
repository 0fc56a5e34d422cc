/** Values of an answer as text, and files of it. */
import type { Operations } from '../../../client/index.ts'

export type Reply = Operations['runSql']['reply']
export type Column = Reply['columns'][number]

/** The type without what only says how it is stored. */
export function plainType(type: string): string {
  return type
    .replaceAll(/^(?:Nullable|LowCardinality)\((?<inner>.*)\)$/gu, '$<inner>')
    .replaceAll(/^Nullable\((?<inner>.*)\)$/gu, '$<inner>')
}

export function isNumeric({ type }: Column): boolean {
  return /^(?:U?Int\d+|Float\d+|BFloat16|Decimal)/u.test(plainType(type))
}

export function isTime({ type }: Column): boolean {
  return /^(?:Date|Date32|DateTime|DateTime64)(?:\(|$)/u.test(plainType(type))
}

/** With all digits; null for NULL. */
export function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'string') return value
  // An integer that a double cannot hold is an object which JSON writes back digit by digit.
  return JSON.stringify(value)
}

/** The value for a chart, rounded to a double; null where it is none. */
export function numberOf(value: unknown): number | null {
  const text = textOf(value)
  if (text === null || text === '') return null
  const number = Number(text)
  return Number.isFinite(number) ? number : null
}

/** The instant of a date or a time, which ClickHouse writes in UTC; ms since the epoch. */
export function instantOf(value: unknown): number | null {
  if (typeof value !== 'string') return null
  const iso = value.includes(' ') ? `${value.replace(' ', 'T')}Z` : value
  const ms = Date.parse(iso)
  return Number.isFinite(ms) ? ms : null
}

const NEEDS_QUOTES = /[",\r\n]/u
/** A spreadsheet takes these for formulas. */
const FORMULA = /^[=+\-@\t\r]/u
const NUMBER = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/iu

/** RFC 4180. A text that a spreadsheet would take for a formula begins with an apostrophe. */
export function toCsv({ columns, data }: Pick<Reply, 'columns' | 'data'>): string {
  const lines = [
    columns.map(({ name }) => name),
    ...data.map((row) => columns.map(({ name }) => textOf(row[name]) ?? '')),
  ]
  return lines.map((cells) => `${cells.map(toCsvCell).join(',')}\r\n`).join('')
}

function toCsvCell(text: string): string {
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text
  return NEEDS_QUOTES.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** An array of objects, with all digits. */
export function toJson({ data }: Pick<Reply, 'data'>): string {
  return `[\n${data.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`
}
