// What main returned, as JSON. The program may replace what it likes: whatever is used here was taken before it ran.
const { isArray } = Array
const { keys, getPrototypeOf, getOwnPropertySymbols, prototype: objectPrototype } = Object
const { stringify: toJson } = JSON
const { isView } = ArrayBuffer
const { Map: NativeMap, Set: NativeSet, Promise: NativePromise, RegExp: NativeRegExp } = globalThis
const { Error: AnyError, TypeError: NativeTypeError, Date: NativeDate } = globalThis
const takeThis = Function.prototype.bind.bind(Function.prototype.call)
const tagOf = takeThis(objectPrototype.toString)
const cutTag = takeThis(String.prototype.slice)
const isOneOf = takeThis(String.prototype.includes)
const isEnumerable = takeThis(objectPrototype.propertyIsEnumerable)
const timeOf = takeThis(NativeDate.prototype.getTime)

/** Objects whose content JSON leaves out, whatever properties they have beside it. */
const OPAQUE = [NativeMap, NativeSet, NativePromise, NativeRegExp, AnyError]
const OPAQUE_NAMES = ' Map Set Promise RegExp Error '

const withArticle = (name) => `${isOneOf('AEIO', name[0] ?? ' ') ? 'an' : 'a'} ${name}`

/** The class of an object, in a word. */
function className(value) {
  const tag = cutTag(tagOf(value), 8, -1)
  const { constructor } = value
  const name = typeof constructor === 'function' ? constructor.name : ''
  return (tag === 'Object' || tag === 'Error') && typeof name === 'string' && name !== '' ? name : tag
}

/** Objects of a program's own making, which are what they look like. */
function isPlain(value) {
  const prototype = getPrototypeOf(value)
  return prototype === objectPrototype || prototype === null || getPrototypeOf(prototype) === null
}

function isOpaque(value) {
  for (let index = 0; index < OPAQUE.length; index += 1) if (value instanceof OPAQUE[index]) return true
  return isView(value) || isOneOf(OPAQUE_NAMES, ` ${cutTag(tagOf(value), 8, -1)} `) // of another realm
}

/** The kind of an object of which JSON keeps nothing, or something else than it holds; undefined where it keeps all. */
function lostObject(value) {
  if (isArray(value)) return undefined
  if (isPlain(value)) {
    const symbols = getOwnPropertySymbols(value)
    for (let index = 0; index < symbols.length; index += 1)
      if (isEnumerable(value, symbols[index])) return 'an object with a symbol as key'
    return undefined
  }
  if (isOpaque(value)) return withArticle(className(value))
  const wrapped = cutTag(tagOf(value), 8, -1)
  if (wrapped === 'Number' || wrapped === 'String' || wrapped === 'Boolean') return undefined
  // Of a class that keeps what it has to itself.
  return keys(value).length === 0 ? withArticle(className(value)) : undefined
}

/** The kind of a value that JSON would leave out, change or refuse; undefined where it keeps all. */
function lostKind(value) {
  if (value === undefined) return 'undefined'
  if (typeof value === 'number') return value - value === 0 ? undefined : `${value}`
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  if (typeof value === 'bigint') return 'a BigInt'
  if (typeof value !== 'object' || value === null) return undefined
  if (value instanceof NativeDate && timeOf(value) !== timeOf(value)) return 'an invalid Date'
  return typeof value.toJSON === 'function' ? undefined : lostObject(value)
}

const isNumber = (value) => cutTag(tagOf(value), 8, -1) === 'Number'

/** What stands in the JSON for an object that writes itself, or for a number that is an object; else the value. */
function written(value, name) {
  if (typeof value !== 'object' || value === null) return value
  if (typeof value.toJSON === 'function') return value.toJSON(name)
  return isNumber(value) ? +value : value
}

/** Lists and objects within one another; the stack of WebAssembly holds few more, and its end is no error there. */
const MAX_DEPTH = 1000
const DEEP = 'the result is nested too deeply'

/**
 * Says where in a result a value sits that JSON would change or refuse; null where there is none. `above` is the chain
 * of what it is in, [value, the chain above it, depth].
 */
export function findUnsupported(value, path, above = [], name = '') {
  const own = lostKind(value)
  if (own !== undefined) return `${path} is ${own}`
  if (typeof value !== 'object' || value === null) return null
  for (let at = above; at.length > 0; at = at[1]) if (at[0] === value) return `${path} refers back to itself`
  const depth = above.length === 0 ? 0 : above[2]
  if (depth > MAX_DEPTH) return DEEP
  const shown = written(value, name)
  const lost = shown === value ? undefined : lostKind(shown)
  if (lost !== undefined) return `${path}${isNumber(value) ? '' : '.toJSON()'} is ${lost}`
  if (typeof shown !== 'object' || shown === null) return null
  const names = isArray(shown) ? null : keys(shown)
  const { length } = names ?? shown
  for (let index = 0; index < length; index += 1) {
    const key = names === null ? `${index}` : names[index]
    const place = names === null ? `${path}[${index}]` : `${path}.${key}`
    if (names === null && !(index in shown)) return `${place} is a hole`
    const found = findUnsupported(shown[key], place, [value, above, depth + 1], key)
    if (found !== null) return found
  }
  return null
}

/** True where JSON would leave out or change something, or may not come to an end. */
function loses(value, name, depth) {
  if (lostKind(value) !== undefined || depth > MAX_DEPTH) return true
  if (typeof value !== 'object' || value === null) return false
  const shown = written(value, name)
  if (shown !== value && lostKind(shown) !== undefined) return true
  if (typeof shown !== 'object' || shown === null) return false
  const names = isArray(shown) ? null : keys(shown)
  const { length } = names ?? shown
  for (let index = 0; index < length; index += 1) {
    const key = names === null ? index : names[index]
    if (loses(shown[key], key, depth + 1)) return true
  }
  return false
}

/** JSON text of what `main` returned; null for undefined. @throws TypeError naming what JSON cannot carry */
export function encode(value) {
  if (value === undefined) return null
  const found = loses(value, '', 0) ? findUnsupported(value, 'the result') : null
  if (found !== null) throw new NativeTypeError(`main returned a value JSON cannot carry: ${found}`)
  return toJson(value) ?? null
}
