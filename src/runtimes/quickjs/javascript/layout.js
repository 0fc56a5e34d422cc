// The parts of a value on one line or on several, as Node's util.inspect lays them out.
import { widthOf } from './text-width.js'

const SEPARATOR = 2 // the comma and the space
/** A character is about so much higher than wide. */
const HEIGHT = 2.5
const MOST_COLUMNS = 15

/** Short entries of a long array go side by side in columns. */
function inColumns(context, output, value) {
  const isCut = context.maxArrayLength < output.length
  const count = isCut ? output.length - 1 : output.length
  const widths = output.slice(0, count).map((text) => widthOf(text))
  const total = widths.reduce((sum, width) => sum + width + SEPARATOR, 0)
  const longest = widths.reduce((most, width) => Math.max(most, width), 0)
  const actual = longest + SEPARATOR
  if (actual * 3 + context.indent >= context.breakLength) return output
  if (total / actual <= 5 && longest > 6) return output
  const bias = Math.max(actual - 3 - Math.sqrt(actual - total / output.length), 1)
  const columns = Math.min(
    Math.round(Math.sqrt(HEIGHT * bias * count) / bias),
    Math.floor((context.breakLength - context.indent) / actual),
    context.compact * 4,
    MOST_COLUMNS,
  )
  if (columns <= 1) return output
  const rows = toRows(output, widths, columns, value)
  return isCut ? [...rows, output[count]] : rows
}

function toRows(output, widths, columns, value) {
  const columnWidths = Array.from({ length: columns }, (_, column) => {
    let most = 0
    for (let at = column; at < widths.length; at += columns) most = Math.max(most, widths[at])
    return most + SEPARATOR
  })
  const isNumeric = (_, at) => typeof value[at] === 'number' || typeof value[at] === 'bigint'
  const pad = value === undefined || output.every(isNumeric) ? 'padStart' : 'padEnd'
  const rows = []
  for (let from = 0; from < widths.length; from += columns) {
    const to = Math.min(from + columns, widths.length)
    let row = ''
    for (let at = from; at < to - 1; at++)
      row += `${output[at]}, `[pad](columnWidths[at - from] + output[at].length - widths[at], ' ')
    const last = to - 1
    const lastWidth = columnWidths[last - from] + output[last].length - widths[last] - SEPARATOR
    rows.push(row + (pad === 'padStart' ? output[last].padStart(lastWidth, ' ') : output[last]))
  }
  return rows
}

function fits(context, output, start, base) {
  let total = output.length + start
  if (total + output.length > context.breakLength) return false
  for (const part of output) {
    total += part.length
    if (total > context.breakLength) return false
  }
  return base === '' || !base.includes('\n')
}

/** @param shape base text, braces, whether the parts are an array's, its level and the array itself */
export function layOut(context, output, { base, braces, isArray, level, value }) {
  const lead = base === '' ? '' : `${base} `
  const parts =
    isArray && context.compact >= 1 && output.length > 6 ? inColumns(context, output, value) : output
  if (context.currentDepth - level < context.compact && parts.length === output.length) {
    const start = parts.length + context.indent + braces[0].length + base.length + 10
    if (fits(context, parts, start, base)) {
      const joined = parts.join(', ')
      if (!joined.includes('\n')) return `${lead}${braces[0]} ${joined} ${braces[1]}`
    }
  }
  const line = `\n${' '.repeat(context.indent)}`
  return `${lead}${braces[0]}${line}  ${parts.join(`,${line}  `)}${line}${braces[1]}`
}
