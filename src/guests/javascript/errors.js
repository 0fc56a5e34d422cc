// What was thrown, in words: bounded, however deep the stack and however long the chain of causes, and whatever was
// thrown. The program may replace what it likes: whatever is used here was taken before it ran.
import { show, showFields } from './show.js'

const { String: NativeString } = globalThis
const { isArray: isList } = Array
const takeReceiver = Function.prototype.bind.bind(Function.prototype.call)
const splitText = takeReceiver(String.prototype.split)
const cutOut = takeReceiver(String.prototype.slice)

/** Errors within errors that are shown whole. */
const MAX_INNER = 2
const KEPT_LINES = 100
const KEPT_CAUSES = 5
const KEPT_CHARACTERS = 131_072
/** Causes and errors that are looked at. */
const MAX_CAUSES = 10_000

/** Text of anything. */
export function toText(value) {
  try {
    return NativeString(value)
  } catch {
    return 'a value that cannot be shown'
  }
}

/** `lines` joined: the first and last of them, and in between how many `what` were left out. */
export function joinCut(lines, kept, what) {
  const left = lines.length - 2 * kept
  let text = ''
  for (let index = 0; index < lines.length; index += 1) {
    if (left > 1 && index === kept) text += `\n    [${left} more ${what}]`
    if (left > 1 && index >= kept && index < lines.length - kept) continue
    text += index === 0 ? lines[index] : `\n${lines[index]}`
  }
  return text
}

/** The error's own stack; null where there is none. */
export function ownStack(error) {
  if (error === null || typeof error !== 'object' || typeof error.stack !== 'string') return null
  return joinCut(splitText(error.stack, '\n'), KEPT_LINES, 'lines')
}

/** The stack, with what the error carries, what caused it and the errors it gathers; null where there is none. */
function trace(error, readStack, depth = 0) {
  const own = readStack(error)
  if (own === null) return null
  try {
    let text = own + fieldsOf(error)
    const gathered = gatheredBy(error)
    const errors = []
    for (let index = 0; index < gathered.length && index < MAX_CAUSES; index += 1)
      errors[index] = isShown(index, gathered.length)
        ? `[error]: ${traceInner(gathered[index], readStack, depth)}`
        : ''
    if (errors.length > 0) text += `\n${joinCut(errors, KEPT_CAUSES, 'errors')}`
    const causes = causesOf(error)
    const stacks = []
    for (let index = 0; index < causes.length; index += 1) {
      const one = causes[index]
      stacks[index] = isShown(index, causes.length) ? `[cause]: ${stackOf(one, readStack)}` : ''
    }
    return stacks.length === 0 ? text : `${text}\n${joinCut(stacks, KEPT_CAUSES, 'causes')}`
  } catch {
    return own // a hostile getter
  }
}

const isShown = (index, length) => index < KEPT_CAUSES || index >= length - KEPT_CAUSES

/** Errors within errors are shown with what caused them, but not without end. */
function traceInner(error, readStack, depth) {
  return (depth < MAX_INNER ? trace(error, readStack, depth + 1) : null) ?? stackOf(error, readStack)
}

function stackOf(error, readStack) {
  const own = readStack(error)
  return own === null ? show(error) : own + fieldsOf(error)
}

function fieldsOf(error) {
  const fields = showFields(error)
  return fields === '' ? '' : `\n[fields]: ${fields}`
}

function gatheredBy(error) {
  if (isList(error.errors)) return error.errors
  return 'suppressed' in error ? [error.error, error.suppressed] : []
}

const isErrorLike = (value) => value !== null && typeof value === 'object' && typeof value.stack === 'string'

/** One after the other; the last may be any value. */
function causesOf(error) {
  const causes = []
  const seen = new WeakSet()
  for (let at = error.cause; at !== undefined && causes.length < MAX_CAUSES; at = at.cause) {
    if (!isErrorLike(at)) {
      causes[causes.length] = at
      break
    }
    if (seen.has(at)) break
    seen.add(at)
    causes[causes.length] = at
  }
  return causes
}

/** Name, message, stack and code of anything thrown; `readStack` gives the stack of one error as it is shown. */
export function describe(error, readStack = ownStack) {
  try {
    if (error !== null && typeof error === 'object' && typeof error.message === 'string') {
      const name = toText(error.name || nameOfClass(error) || 'Error')
      const stack = trace(error, readStack)
      const fields = stack === null ? showFields(error) : ''
      const message = fields === '' ? error.message : `${error.message} ${fields}`
      return { name, message, stack, code: toText(error.code ?? '') }
    }
  } catch {
    // a hostile getter; what can be shown has to do
  }
  return { name: 'Error', message: show(error), stack: null, code: '' }
}

/** A plain object that is thrown is called an error. */
function nameOfClass({ constructor }) {
  return constructor?.name === 'Object' ? 'Error' : constructor?.name
}

/** For `JSON.stringify`: the first and last of what is long; all of it goes to stderr. */
export function cutText(_key, text) {
  const left = typeof text === 'string' ? text.length - 2 * KEPT_CHARACTERS : 0
  if (left <= 0) return text
  return `${cutOut(text, 0, KEPT_CHARACTERS)}\n[${left} more characters]\n${cutOut(text, -KEPT_CHARACTERS)}`
}
