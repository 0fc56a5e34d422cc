// Tables as Node's console draws them.
import { inspect } from './inspect.js'
import { isKind, typedArrayName } from './kinds.js'
import { widthOf } from './text-width.js'

function draw(head, columns) {
  const height = columns.reduce((most, column) => Math.max(most, column.length), 0)
  const rows = Array.from({ length: height }, (_, row) => columns.map((column) => column[row] ?? ''))
  const widths = head.map((title, at) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[at])), widthOf(title)),
  )
  const line = (row) =>
    `│ ${row.map((cell, at) => cell + ' '.repeat(widths[at] - widthOf(cell))).join(' │ ')} │`
  const rule = (left, middle, right) =>
    left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right
  const body = rows.map((row) => line(row))
  return [rule('┌', '┬', '┐'), line(head), rule('├', '┼', '┤'), ...body, rule('└', '┴', '┘')].join('\n')
}

function show(value) {
  const isList =
    Array.isArray(value) || (typeof value === 'object' && value !== null && typedArrayName(value))
  const isLarge = typeof value === 'object' && value !== null && !isList && Object.keys(value).length > 2
  return inspect(value, { depth: isLarge ? -1 : 0, maxArrayLength: 3, breakLength: Infinity })
}

const numbered = (list) => list.map((_, at) => String(at))

/** The text of `console.table`; null for what is no table. */
export function table(data, properties) {
  if (typeof data !== 'object' || data === null) return null
  if (isKind('Map', data)) {
    const [keys, values] = [[...data.keys()], [...data.values()]]
    const columns = [numbered(keys), keys.map(show), values.map(show)]
    return draw(['(iteration index)', 'Key', 'Values'], columns)
  }
  if (isKind('Set', data)) {
    const values = [...data]
    return draw(['(iteration index)', 'Values'], [numbered(values), values.map(show)])
  }
  return tabulate(data, properties)
}

function tabulate(data, properties) {
  const columns = new Map()
  const alone = []
  const rows = Object.keys(data)
  for (const [at, row] of rows.entries()) {
    const item = data[row]
    const isPrimitive = item === null || (typeof item !== 'function' && typeof item !== 'object')
    if (properties === undefined && isPrimitive) {
      alone[at] = show(item)
      continue
    }
    for (const key of properties ?? Object.keys(item)) {
      const name = String(key)
      const column = columns.get(name) ?? []
      const isThere = !isPrimitive && Object.prototype.hasOwnProperty.call(item, key)
      column[at] = isThere ? show(item[key]) : ''
      columns.set(name, column)
    }
  }
  const names = [...columns.keys()]
  const lists = [...columns.values()]
  if (alone.length > 0) {
    names.push('Values')
    lists.push(alone)
  }
  return draw(['(index)', ...names], [rows, ...lists])
}
