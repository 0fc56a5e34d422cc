// Values on their way out: errors in words, results as JSON; the same rules as in the other runtimes.

import { cleanStack } from './stack.js'

const { stringify } = JSON

function toText(value) {
  try {
    return String(value)
  } catch {
    return 'a value that cannot be shown'
  }
}

/** Name, message, stack and code of anything thrown; the stack begins with name and message as elsewhere. */
export function describe(error) {
  try {
    if (error !== null && typeof error === 'object' && 'message' in error) {
      const name = toText(error.name || error.constructor?.name || 'Error')
      const message = toText(error.message)
      const first = message === '' ? name : `${name}: ${message}`
      const stack = typeof error.stack === 'string' ? `${first}\n${cleanStack(error.stack)}`.trimEnd() : null
      return { name, message, stack, code: toText(error.code ?? '') }
    }
  } catch {
    // a hostile getter; the plain text has to do
  }
  return { name: 'Error', message: toText(error), stack: null, code: '' }
}

/** Says where in a result a value sits that JSON would change or refuse. */
function findUnsupported(value, path, seen) {
  if (typeof value === 'number' && !Number.isFinite(value)) return `${path} is ${value}`
  if (typeof value === 'bigint') return `${path} is a BigInt`
  if (typeof value !== 'object' || value === null) return null
  if (seen.has(value)) return `${path} refers back to itself`
  if (typeof value.toJSON === 'function') return null
  seen.add(value)
  for (const key of Object.keys(value)) {
    const at = Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`
    const found = findUnsupported(value[key], at, seen)
    if (found !== null) return found
  }
  seen.delete(value)
  return null
}

/** JSON text of what `main` returned; null for undefined. @throws TypeError naming what JSON cannot carry */
export function encode(value) {
  if (value === undefined) return null
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new TypeError(`main returned a ${typeof value}, which JSON cannot carry`)
  let text
  try {
    text = stringify(value)
  } catch (error) {
    const found = findUnsupported(value, 'the result', new Set())
    throw found === null ? error : new TypeError(`main returned a value JSON cannot carry: ${found}`)
  }
  if (text === undefined) return null
  const found = text.includes('null') ? findUnsupported(value, 'the result', new Set()) : null
  if (found !== null) throw new TypeError(`main returned a value JSON cannot carry: ${found}`)
  return text
}
