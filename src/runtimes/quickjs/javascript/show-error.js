// Errors as Node's util.inspect shows them: the stack, then what else they carry.
import { isError, prefix } from './kinds.js'

/** QuickJS's stacks lack the first line, and both engines' have frames that are not the program's. */
let readStack = (error) => error.stack

/** Sets how the stack of an error is read. */
export function setStackReader(reader) {
  readStack = reader
}

function read(error, name) {
  try {
    return error[name]
  } catch {
    return undefined
  }
}

function stackOf(error) {
  const stack = readStack(error)
  return typeof stack === 'string' && stack !== '' ? stack : Error.prototype.toString.call(error)
}

/** Frames that the cause has too are counted. */
function withoutCommonFrames(frames, error) {
  const cause = read(error, 'cause')
  if (!isError(cause)) return frames
  const others = stackOf(cause).split('\n')
  const from = frames.findIndex(
    (frame, at) => at < frames.length - 3 && [0, 1, 2, 3].every((step) => others.includes(frames[at + step])),
  )
  if (from < 0) return frames
  const start = others.indexOf(frames[from])
  let length = 0
  while (from + length < frames.length && frames[from + length] === others[start + length]) length += 1
  if (length <= 3) return frames
  const skipped = length - 2
  const words = `    ... ${skipped} lines matching cause stack trace ...`
  return [...frames.slice(0, from + 1), words, ...frames.slice(from + 1 + skipped)]
}

/** The first line names the class where the error's own name does not. */
function nameClass(stack, { constructor, tag }, error) {
  const name = String(read(error, 'name') ?? 'Error')
  const after = stack[name.length]
  const begins = stack.startsWith(name) && (after === undefined || after === ':' || after === '\n')
  if (constructor !== null && !(name.endsWith('Error') && begins)) return stack
  const whole = prefix(constructor, tag, 'Error').slice(0, -1)
  if (name === whole) return stack
  const rest = stack.slice(constructor === null && !begins ? 0 : name.length)
  return whole.includes(name) ? `${whole}${rest}` : `${whole} [${name}]${rest}`
}

/** Leaves the keys that the stack does not show. */
function dropTold(keys, error, stack) {
  for (const name of ['stack', 'message', 'name']) {
    const at = keys.indexOf(name)
    const value = read(error, name)
    if (at >= 0 && (name === 'stack' || typeof value !== 'string' || stack.includes(value)))
      keys.splice(at, 1)
  }
  const has = (name) => Object.prototype.hasOwnProperty.call(error, name) && !keys.includes(name)
  if (has('cause')) keys.push('cause')
  if (has('errors') && Array.isArray(read(error, 'errors'))) keys.push('errors')
}

/** Changes `keys` to those that are shown beside it. */
export function showError(context, error, names, keys) {
  const plain = stackOf(error)
  if (!context.showHidden) dropTold(keys, error, plain)
  const stack = nameClass(plain, names, error)
  const message = String(read(error, 'message') ?? '')
  const shownAt = message === '' ? -1 : stack.indexOf(message)
  const from = stack.indexOf('\n    at', shownAt < 0 ? 0 : shownAt + message.length)
  if (from < 0) return `[${stack}]`.split('\n').join(`\n${' '.repeat(context.indent)}`)
  const frames = withoutCommonFrames(stack.slice(from + 1).split('\n'), error)
  return `${stack.slice(0, from)}\n${frames.join('\n')}`.split('\n').join(`\n${' '.repeat(context.indent)}`)
}
