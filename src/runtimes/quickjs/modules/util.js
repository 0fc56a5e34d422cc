import { format } from '../javascript/format.js'
import { inspect } from '../javascript/inspect.js'
import { TextDecoder, TextEncoder } from '../javascript/text.js'

/** Promise in place of a last callback `(error, value)`. */
export const promisify =
  (call) =>
  (...args) =>
    new Promise((resolve, reject) => {
      call(...args, (error, value) => (error ? reject(error) : resolve(value)))
    })

/** True where both say the same, as JSON shows them and with keys in any order. */
export function isDeepStrictEqual(a, b) {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  if (a instanceof Date) return a.getTime() === b.getTime()
  if (a instanceof Map || a instanceof Set) return isDeepStrictEqual([...a], [...b])
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => key in b && isDeepStrictEqual(a[key], b[key]))
  )
}

export { format, inspect, TextDecoder, TextEncoder }
export default { format, inspect, promisify, isDeepStrictEqual, TextDecoder, TextEncoder }
