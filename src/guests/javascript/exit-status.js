// What Node takes for the status of a program, and how it refuses the rest. The program may replace what it likes:
// whatever is used here was taken before it ran.
import { toText } from './errors.js'

const { Number: NumberOfStatus, TypeError: NodeTypeError, RangeError: NodeRangeError } = globalThis
const { isInteger, isSafeInteger } = NumberOfStatus

function describeStatus(value) {
  if (typeof value === 'function') return `function ${value.name}`
  if (typeof value === 'object') return `an instance of ${value.constructor?.name ?? 'Object'}`
  const text = typeof value === 'string' ? `'${value}'` : toText(value)
  return `type ${typeof value} (${text}${typeof value === 'bigint' ? 'n' : ''})`
}

function refuseStatus(Kind, code, message) {
  const error = new Kind(message)
  error.code = code
  throw error
}

/** 0 to 255, of a number or of a text that is one; undefined for what is absent. @throws as Node does for another value */
export function toExitStatus(code) {
  if (code === undefined || code === null) return undefined
  const number = typeof code === 'string' && code !== '' ? NumberOfStatus(code) : code
  if (typeof number !== 'number' || (number !== number && typeof code === 'string'))
    refuseStatus(
      NodeTypeError,
      'ERR_INVALID_ARG_TYPE',
      `The "code" argument must be of type number. Received ${describeStatus(code)}`,
    )
  const isWhole = isInteger(number)
  if (!isSafeInteger(number))
    refuseStatus(
      NodeRangeError,
      'ERR_OUT_OF_RANGE',
      `The value of "code" is out of range. It must be ${isWhole ? '>= -9007199254740991 && <= 9007199254740991' : 'an integer'}. Received ${number}`,
    )
  return number & 255
}
