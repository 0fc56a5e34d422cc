// What was thrown, in words: bounded, however deep the stack and however long the chain of causes, and whatever was
// thrown. The program may replace what it likes: whatever is used here was taken before it ran.
const { Error: NativeError, String: NativeString } = globalThis
const { isArray: isList } = Array
const takeReceiver = Function.prototype.bind.bind(Function.prototype.call)
const splitText = takeReceiver(String.prototype.split)
const cutOut = takeReceiver(String.prototype.slice)

const KEPT_LINES = 100
const KEPT_CAUSES = 5
const KEPT_CHARACTERS = 131_072
/** Causes that are looked at. */
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

/** The stack, with those of what caused it and of the errors it gathers; null where there is none. */
function trace(error, readStack) {
  const own = readStack(error)
  if (own === null) return null
  try {
    let text = own
    const gathered = isList(error.errors) ? error.errors : []
    for (let index = 0; index < gathered.length && index < 2 * KEPT_CAUSES; index += 1)
      text += `\n[error]: ${readStack(gathered[index]) ?? toText(gathered[index])}`
    const causes = causesOf(error)
    const stacks = []
    for (let index = 0; index < causes.length; index += 1) {
      const isShown = index < KEPT_CAUSES || index >= causes.length - KEPT_CAUSES
      stacks[index] = isShown ? `[cause]: ${readStack(causes[index])}` : ''
    }
    return stacks.length === 0 ? text : `${text}\n${joinCut(stacks, KEPT_CAUSES, 'causes')}`
  } catch {
    return own // a hostile getter
  }
}

function causesOf(error) {
  const causes = []
  const seen = new WeakSet()
  for (let at = error.cause; at instanceof NativeError && causes.length < MAX_CAUSES; at = at.cause) {
    if (seen.has(at)) break
    seen.add(at)
    causes[causes.length] = at
  }
  return causes
}

/** Name, message, stack and code of anything thrown; `readStack` gives the stack of one error as it is shown. */
export function describe(error, readStack = ownStack) {
  try {
    if (error !== null && typeof error === 'object' && 'message' in error) {
      const name = toText(error.name || error.constructor?.name || 'Error')
      const stack = trace(error, readStack)
      return { name, message: toText(error.message), stack, code: toText(error.code ?? '') }
    }
  } catch {
    // a hostile getter; the plain text has to do
  }
  return { name: 'Error', message: toText(error), stack: null, code: '' }
}

/** For `JSON.stringify`: the first and last of what is long; all of it goes to stderr. */
export function cutText(_key, text) {
  const left = typeof text === 'string' ? text.length - 2 * KEPT_CHARACTERS : 0
  if (left <= 0) return text
  return `${cutOut(text, 0, KEPT_CHARACTERS)}\n[${left} more characters]\n${cutOut(text, -KEPT_CHARACTERS)}`
}
