// A value in a few words, as an error shows what it carries: bounded, whatever the value is. Its getters are not called.
const { String: makeText } = globalThis
const { isArray: isItems } = Array
const { keys: keysIn, getOwnPropertyDescriptor: propertyOf, prototype: plainPrototype } = Object
const { stringify: quoted } = JSON
const withReceiver = Function.prototype.bind.bind(Function.prototype.call)
const cutPart = withReceiver(String.prototype.slice)
const tagText = withReceiver(plainPrototype.toString)
const dateText = withReceiver(Date.prototype.toISOString)
const patternText = withReceiver(RegExp.prototype.toString)
const eachOfMap = withReceiver(Map.prototype.forEach)
const eachOfSet = withReceiver(Set.prototype.forEach)

const SHOWN_DEPTH = 3
const SHOWN_ITEMS = 20
/** Values in all. */
const SHOWN_VALUES = 200
const SHOWN_CHARACTERS = 500
/** What the stack of an error says already, and what is shown beside it. */
const IN_STACK = ['name', 'message', 'stack', 'cause', 'errors', 'error', 'suppressed']
const budget = { left: 0 }

/** A value in words; a text as it is. */
export function show(value) {
  if (typeof value === 'string') return value
  budget.left = SHOWN_VALUES
  try {
    return showAt(value, [])
  } catch {
    return 'a value that cannot be shown' // a hostile proxy
  }
}

/** What an error has beside what its stack says; '' where that is nothing. */
export function showFields(error) {
  budget.left = SHOWN_VALUES
  try {
    const names = []
    const own = keysIn(error)
    for (let index = 0; index < own.length; index += 1)
      if (!holds(IN_STACK, own[index])) names[names.length] = own[index]
    return names.length === 0 ? '' : showMembers(error, names, [error, []])
  } catch {
    return ''
  }
}

function holds(list, item) {
  for (let index = 0; index < list.length; index += 1) if (list[index] === item) return true
  return false
}

function showText(text) {
  return quoted(text.length > SHOWN_CHARACTERS ? `${cutPart(text, 0, SHOWN_CHARACTERS)}…` : text)
}

/** `above` is the chain of what `value` is in, [one, the chain above it]. */
function showAt(value, above) {
  budget.left -= 1
  if (typeof value === 'string') return showText(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return `[function ${nameOf(value)}]`
  if (typeof value !== 'object' || value === null) return makeText(value)
  let depth = 0
  for (let at = above; at.length > 0; at = at[1]) {
    if (at[0] === value) return '[circular]'
    depth += 1
  }
  if (depth >= SHOWN_DEPTH || budget.left <= 0) return isItems(value) ? '[…]' : '{…}'
  return showObject(value, [value, above])
}

/** The own name of a function, unless that is a getter. */
function nameOf(value) {
  const { value: name } = propertyOf(value, 'name') ?? {}
  return typeof name === 'string' && name !== '' ? name : 'without a name'
}

function showObject(value, above) {
  const tag = cutPart(tagText(value), 8, -1)
  if (tag === 'Date') return timeText(value)
  if (tag === 'RegExp') return patternText(value)
  if (tag === 'Error') return showNested(value)
  if (isItems(value)) return showList(value.length, (index) => showMember(value, `${index}`, above))
  if (tag === 'Map' || tag === 'Set') return showCollection(value, tag, above)
  const { constructor } = value
  const own = typeof constructor === 'function' ? nameOf(constructor) : tag
  const lead = own === 'Object' ? '' : `${own} `
  return lead + showMembers(value, keysIn(value), above)
}

function timeText(date) {
  try {
    return dateText(date)
  } catch {
    return 'an invalid Date'
  }
}

function showNested(error) {
  const { value: message } = propertyOf(error, 'message') ?? {}
  const name = typeof error.name === 'string' ? error.name : 'Error'
  return typeof message === 'string' && message !== '' ? `[${name}: ${message}]` : `[${name}]`
}

function showCollection(value, tag, above) {
  const items = []
  if (tag === 'Set') eachOfSet(value, (item) => void (items[items.length] = item))
  else eachOfMap(value, (item, key) => void (items[items.length] = [key, item]))
  const list = showList(items.length, (index) => showAt(items[index], above))
  return `${tag} ${list}`
}

function showList(length, showOne) {
  const rows = []
  for (let index = 0; index < length && index < SHOWN_ITEMS && budget.left > 0; index += 1)
    rows[index] = showOne(index)
  return inBrackets('[', rows, length, ']')
}

function showMembers(owner, names, above) {
  const rows = []
  for (let index = 0; index < names.length && index < SHOWN_ITEMS && budget.left > 0; index += 1)
    rows[index] = `${showKey(names[index])}: ${showMember(owner, names[index], above)}`
  return inBrackets('{', rows, names.length, '}')
}

function showKey(name) {
  const text = showText(name)
  for (let index = 0; index < name.length; index += 1) {
    const at = name[index]
    const isLetter = (at >= 'a' && at <= 'z') || (at >= 'A' && at <= 'Z') || at === '_' || at === '$'
    if (!isLetter && (index === 0 || at < '0' || at > '9')) return text
  }
  return name === '' || name.length > SHOWN_CHARACTERS ? text : name
}

function showMember(owner, name, above) {
  const own = propertyOf(owner, name)
  if (own === undefined) return 'a hole'
  return 'value' in own ? showAt(own.value, above) : '[getter]'
}

function inBrackets(open, rows, length, close) {
  if (length === 0) return open + close
  let text = `${open} `
  for (let index = 0; index < rows.length; index += 1) text += index === 0 ? rows[index] : `, ${rows[index]}`
  const more = length - rows.length
  return `${text}${more > 0 ? `, … ${more} more` : ''} ${close}`
}
