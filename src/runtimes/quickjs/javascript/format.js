// A line as Node's console builds it: `%s`, `%d` and the others, then the rest of the values.
import { inspect } from './inspect.js'

const BUILT_IN = new Set(
  Object.getOwnPropertyNames(globalThis).filter((name) => /^[A-Z][a-zA-Z0-9]+$/.test(name)),
)
const own = (value, name) => Object.prototype.hasOwnProperty.call(value, name)

/** Whether `String(value)` would say nothing of the value. */
function hasBuiltInToString(value) {
  if (typeof value.toString !== 'function') return typeof value[Symbol.toPrimitive] !== 'function'
  if (own(value, 'toString')) return false
  const converts = typeof value[Symbol.toPrimitive] === 'function'
  if (converts && own(value, Symbol.toPrimitive)) return false
  const names = converts ? ['toString', Symbol.toPrimitive] : ['toString']
  let at = Object.getPrototypeOf(value)
  while (!names.some((name) => own(at, name))) at = Object.getPrototypeOf(at)
  const constructor = Object.getOwnPropertyDescriptor(at, 'constructor')?.value
  return typeof constructor === 'function' && BUILT_IN.has(constructor.name)
}

function toJson(value) {
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof TypeError && /circular/i.test(error.message)) return '[Circular]'
    throw error
  }
}

const number = (value, convert) => {
  if (typeof value === 'bigint' && convert !== Number.parseFloat) return `${value}n`
  return typeof value === 'symbol' ? 'NaN' : inspect(convert(value))
}

const DIRECTIVES = {
  s(value) {
    if (typeof value === 'number' || typeof value === 'bigint') return inspect(value)
    const isTold = typeof value !== 'object' || value === null || !hasBuiltInToString(value)
    return isTold ? String(value) : inspect(value, { depth: 0 })
  },
  d: (value) => number(value, Number),
  i: (value) => number(value, Number.parseInt),
  f: (value) => number(value, Number.parseFloat),
  j: toJson,
  o: (value) => inspect(value, { showHidden: true, depth: 4 }),
  O: (value) => inspect(value),
  c: () => '',
}

/** The text of a line. */
export function format(...values) {
  const [first, ...rest] = values
  if (typeof first !== 'string')
    return values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ')
  if (rest.length === 0) return first
  const text = first.replace(/%([sdifjoOc%])/g, (whole, letter) => {
    if (letter === '%') return '%'
    return rest.length === 0 ? whole : DIRECTIVES[letter](rest.shift())
  })
  return [text, ...rest.map((value) => (typeof value === 'string' ? value : inspect(value)))].join(' ')
}
