// The items of arrays, typed arrays, maps, sets and buffers, and the texts of primitives, as util.inspect shows them.
import { quote } from './text-width.js'

const SHORT_TEXT = 16
export const more = (count, what) => `... ${count} more ${what}${count > 1 ? 's' : ''}`

/** Number, string, boolean, bigint, symbol, undefined. */
export function showPrimitive(value, context) {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'symbol') return value.toString()
  if (typeof value !== 'string') return Object.is(value, -0) ? '-0' : String(value)
  const left = value.length - context.maxStringLength
  const text = left > 0 ? value.slice(0, context.maxStringLength) : value
  const trailer = left > 0 ? more(left, 'character') : ''
  if (text.length <= SHORT_TEXT || text.length <= context.breakLength - context.indent - 4)
    return quote(text) + trailer
  const lines = text.split(/(?<=\n)/).map((line) => quote(line))
  return lines.join(` +\n${' '.repeat(context.indent + 2)}`) + trailer
}

/** Shows `value` with the text moved in by two. */
export function indented(context, show) {
  context.indent += 2
  const text = show()
  context.indent -= 2
  return text
}

export function showArray(context, array, showItem) {
  const output = []
  const most = Math.max(0, context.maxArrayLength)
  let index = 0
  while (index < array.length && output.length < most) {
    if (Object.prototype.hasOwnProperty.call(array, index)) {
      output.push(showItem(index))
      index += 1
      continue
    }
    const from = index
    index = nextIndex(array, from)
    output.push(`<${index - from} empty item${index - from > 1 ? 's' : ''}>`)
  }
  if (index < array.length) output.push(more(array.length - index, 'item'))
  return output
}

/** The first index from `from` on that is there; holes may be billions, so that keys are looked at, not places. */
function nextIndex(array, from) {
  if (Object.prototype.hasOwnProperty.call(array, from + 1)) return from + 1
  for (const key of Object.keys(array)) {
    const index = Number(key)
    if (Number.isInteger(index) && index > from && index < array.length) return index
  }
  return array.length
}

export function showTyped(context, array) {
  const most = Math.min(Math.max(0, context.maxArrayLength), array.length)
  const output = Array.from({ length: most }, (_, index) => showPrimitive(array[index], context))
  if (array.length > most) output.push(more(array.length - most, 'item'))
  return output
}

export function showCollection(context, collection, showItem) {
  const most = Math.max(0, context.maxArrayLength)
  const output = []
  context.indent += 2
  for (const item of collection) {
    if (output.length >= most) break
    output.push(showItem(item))
  }
  context.indent -= 2
  if (collection.size > most) output.push(more(collection.size - most, 'item'))
  return output
}

export function showBytes(context, buffer) {
  const bytes = new Uint8Array(buffer)
  const shown = Array.from(bytes.subarray(0, context.maxArrayLength), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join(' ')
  const left = bytes.length - context.maxArrayLength
  return `[Uint8Contents]: <${shown}${left > 0 ? ` ${more(left, 'byte')}` : ''}>`
}

export const showExtra = (context, value, names, level) =>
  names.map((name) => `[${name}]: ${indented(context, () => context.show(value[name], level))}`)

const SHOWN_BYTES = 50

/** Node's Buffer, which may be another's object. */
export function describeBuffer(value, { constructor }) {
  if (constructor !== 'Buffer' || !globalThis.Buffer?.isBuffer?.(value)) return null
  const shown = []
  for (let at = 0; at < value.length && at < SHOWN_BYTES; at++)
    shown.push(value[at].toString(16).padStart(2, '0'))
  if (value.length > SHOWN_BYTES) shown.push(more(value.length - SHOWN_BYTES, 'byte'))
  return { keys: [], base: `<Buffer ${shown.join(' ')}>` }
}
