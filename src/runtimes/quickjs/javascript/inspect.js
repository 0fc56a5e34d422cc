// Values as Node's console shows them, near enough for what programs print.
import { Buffer } from './buffer.js'
import { cleanStack } from './stack.js'

const WIDTH = 72
const MAX_ITEMS = 100
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/

function quote(text) {
  const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes('`') ? '`' : "'"
  const escaped = JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"')
  return mark + (mark === "'" ? escaped.replace(/'/g, "\\'") : escaped) + mark
}

function showPrimitive(value) {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'bigint') return `${value}n`
  if (Object.is(value, -0)) return '-0'
  return String(value)
}

function showFunction(value) {
  const isClass = /^class\b/.test(Function.prototype.toString.call(value))
  const kind = isClass ? 'class' : Object.prototype.toString.call(value).slice(8, -1)
  const name = value.name === '' ? '(anonymous)' : isClass ? value.name : `: ${value.name}`
  return `[${kind}${isClass || value.name === '' ? ' ' : ''}${name}]`
}

function showError(error) {
  const head = error.message === '' ? error.name : `${error.name}: ${error.message}`
  const stack = typeof error.stack === 'string' ? cleanStack(error.stack) : ''
  return stack === '' ? `[${head}]` : `${head}\n${stack}`
}

function showBuffer(buffer) {
  const shown = Array.from(buffer.subarray(0, 50), (byte) => byte.toString(16).padStart(2, '0'))
  if (buffer.length > 50) shown.push(`... ${buffer.length - 50} more bytes`)
  return `<Buffer ${shown.join(' ')}>`
}

function className(value) {
  const prototype = Object.getPrototypeOf(value)
  if (prototype === null) return '[Object: null prototype]'
  return prototype.constructor?.name ?? 'Object'
}

/** `[open, close, items]` of anything with parts. */
function parts(value, show) {
  const name = className(value)
  if (Array.isArray(value)) {
    const items = value.slice(0, MAX_ITEMS).map((item) => show(item))
    if (value.length > MAX_ITEMS) items.push(`... ${value.length - MAX_ITEMS} more items`)
    return [name === 'Array' ? '[' : `${name}(${value.length}) [`, ']', items]
  }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const items = Array.from(value.subarray(0, MAX_ITEMS), (item) => show(item))
    if (value.length > MAX_ITEMS) items.push(`... ${value.length - MAX_ITEMS} more items`)
    return [`${name}(${value.length}) [`, ']', items]
  }
  if (value instanceof Map) {
    const items = Array.from(value, ([key, item]) => `${show(key)} => ${show(item)}`)
    return [`${name}(${value.size}) {`, '}', items]
  }
  if (value instanceof Set) return [`${name}(${value.size}) {`, '}', Array.from(value, (item) => show(item))]
  const items = Reflect.ownKeys(value)
    .filter((key) => Object.prototype.propertyIsEnumerable.call(value, key))
    .map((key) => `${showKey(key)}: ${showProperty(value, key, show)}`)
  return [name === 'Object' ? '{' : `${name} {`, '}', items]
}

function showKey(key) {
  if (typeof key === 'symbol') return `[${key.toString()}]`
  return IDENTIFIER.test(key) ? key : quote(key)
}

function showProperty(value, key, show) {
  const { get, set } = Object.getOwnPropertyDescriptor(value, key)
  if (get !== undefined) return set === undefined ? '[Getter]' : '[Getter/Setter]'
  return set === undefined ? show(value[key]) : '[Setter]'
}

function layOut([open, close, items], indent) {
  if (items.length === 0) return open + close
  const line = items.join(', ')
  const pad = open.endsWith('(0) [') ? '' : ' '
  if (line.length + open.length + indent <= WIDTH && !line.includes('\n'))
    return `${open}${pad}${line}${pad}${close}`
  const inner = ' '.repeat(indent + 2)
  return `${open}\n${inner}${items.join(`,\n${inner}`)}\n${' '.repeat(indent)}${close}`
}

/** @param depth levels of nested objects shown */
export function inspect(value, { depth = 2 } = {}, level = 0, seen = []) {
  if (typeof value === 'function') return showFunction(value)
  if (typeof value !== 'object' || value === null) return showPrimitive(value)
  if (seen.includes(value)) return '[Circular *1]'
  if (value instanceof Error) return showError(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString()
  if (value instanceof RegExp) return String(value)
  if (value instanceof Buffer) return showBuffer(value)
  if (value instanceof Promise) return 'Promise { <pending> }'
  if (level > depth) return Array.isArray(value) ? '[Array]' : `[${className(value)}]`
  const show = (item) => inspect(item, { depth }, level + 1, [...seen, value])
  return layOut(parts(value, show), level * 2)
}

const DIRECTIVES = {
  s: (value) => (typeof value === 'object' && value !== null ? inspect(value, { depth: 0 }) : String(value)),
  d: (value) => (typeof value === 'object' ? 'NaN' : String(Number(value))),
  i: (value) => String(Number.parseInt(value, 10)),
  f: (value) => String(Number.parseFloat(value)),
  j: (value) => JSON.stringify(value),
  o: (value) => inspect(value, { depth: 4 }),
  O: (value) => inspect(value),
  c: () => '',
}

/** The text of a line as `console.log` builds it. */
export function format(first, ...rest) {
  const values = [...rest]
  let text = typeof first === 'string' ? first : inspect(first)
  if (typeof first === 'string' && values.length > 0) {
    text = first.replace(/%([sdifjoOc%])/g, (whole, letter) => {
      if (letter === '%') return '%'
      return values.length === 0 ? whole : DIRECTIVES[letter](values.shift())
    })
  }
  return [text, ...values.map((value) => (typeof value === 'string' ? value : inspect(value)))].join(' ')
}
