import { inspect, isDeepStrictEqual } from 'util'

export class AssertionError extends Error {
  constructor({ message, actual, expected, operator }) {
    super(message)
    this.name = 'AssertionError'
    Object.assign(this, { code: 'ERR_ASSERTION', actual, expected, operator })
  }
}

function check(holds, message, details) {
  if (holds) return
  if (message instanceof Error) throw message
  const { actual, expected, operator } = details
  const words = `${inspect(actual)} ${operator} ${inspect(expected)}`
  throw new AssertionError({ message: message ?? `Expected: ${words}`, ...details })
}

export function ok(value, message) {
  check(value, message, { actual: value, expected: true, operator: '==' })
}
export function strictEqual(actual, expected, message) {
  check(Object.is(actual, expected), message, { actual, expected, operator: 'strictEqual' })
}
export function notStrictEqual(actual, expected, message) {
  check(!Object.is(actual, expected), message, { actual, expected, operator: 'notStrictEqual' })
}
export function deepStrictEqual(actual, expected, message) {
  check(isDeepStrictEqual(actual, expected), message, { actual, expected, operator: 'deepStrictEqual' })
}
export function fail(message = 'Failed') {
  check(false, message, { actual: undefined, expected: undefined, operator: 'fail' })
}

function matches(error, expected) {
  if (expected instanceof RegExp) return expected.test(String(error))
  if (typeof expected === 'function' && (expected.prototype instanceof Error || expected === Error))
    return error instanceof expected
  return (
    expected === undefined ||
    typeof expected === 'string' ||
    isDeepStrictEqual({ ...expected, ...error }, { ...error })
  )
}

export function throws(call, expected) {
  try {
    call()
  } catch (error) {
    check(matches(error, expected), undefined, { actual: error, expected, operator: 'throws' })
    return
  }
  check(false, 'Missing expected exception.', { actual: undefined, expected, operator: 'throws' })
}

export const equal = strictEqual
export const deepEqual = deepStrictEqual
const assert = Object.assign(ok, {
  ok,
  equal,
  strictEqual,
  notStrictEqual,
  deepEqual,
  deepStrictEqual,
  throws,
  fail,
  AssertionError,
})
export default assert
