// What kind of object a value is, by the engine's own marks and not by its prototype, which programs change.
const { hasOwnProperty, toString } = Object.prototype
const { getOwnPropertyDescriptor, getPrototypeOf } = Object
const TypedArray = getPrototypeOf(Uint8Array)

/** Whether `value` has what `method` reads. */
function bears(method, value) {
  try {
    method.call(value)
    return true
  } catch {
    return false
  }
}

const getter = (prototype, name) => getOwnPropertyDescriptor(prototype, name).get
const typedName = getter(TypedArray.prototype, Symbol.toStringTag)
const marks = {
  Map: getter(Map.prototype, 'size'),
  Set: getter(Set.prototype, 'size'),
  Date: Date.prototype.getTime,
  ArrayBuffer: getter(ArrayBuffer.prototype, 'byteLength'),
  DataView: getter(DataView.prototype, 'byteLength'),
}
const boxes = {
  Number: Number.prototype.valueOf,
  String: String.prototype.valueOf,
  Boolean: Boolean.prototype.valueOf,
  BigInt: BigInt.prototype.valueOf,
  Symbol: Symbol.prototype.valueOf,
}

/** Name of the typed array that `value` is; undefined for others. */
export const typedArrayName = (value) => typedName.call(value)

export const isKind = (kind, value) => bears(marks[kind], value)

export const isError = (value) => value instanceof Error || toString.call(value) === '[object Error]'

export const isRegExp = (value) => value instanceof RegExp || toString.call(value) === '[object RegExp]'

export const isArguments = (value) =>
  toString.call(value) === '[object Arguments]' && !hasOwnProperty.call(value, Symbol.toStringTag)

/** The name of the boxed primitive's type and the primitive; null where `value` is none. */
export function unbox(value) {
  for (const type of Object.keys(boxes))
    if (bears(boxes[type], value)) return { type, primitive: boxes[type].call(value) }
  return null
}

function isInstance(value, constructor) {
  try {
    return value instanceof constructor
  } catch {
    return false
  }
}

/** Name of the constructor nearest to `value`; null where there is none. */
export function constructorName(value) {
  for (let at = value; at !== null && at !== undefined; at = getPrototypeOf(at)) {
    const own = getOwnPropertyDescriptor(at, 'constructor')
    if (own === undefined || typeof own.value !== 'function') continue
    if (own.value.name !== '' && isInstance(value, own.value)) return String(own.value.name)
  }
  return null
}

/** The tag that programs give their objects; '' where it says nothing new. */
export function tagOf(value) {
  let tag = ''
  try {
    tag = value[Symbol.toStringTag]
  } catch {
    return ''
  }
  const isShown = Object.prototype.propertyIsEnumerable.call(value, Symbol.toStringTag)
  return typeof tag !== 'string' || isShown ? '' : tag
}

/** What stands before the braces: constructor, size and tag. */
export function prefix(constructor, tag, fallback, size = '') {
  if (constructor === null)
    return `[${fallback}${size}: null prototype] ${tag !== '' && tag !== fallback ? `[${tag}] ` : ''}`
  const at = constructor.indexOf(tag)
  const next = constructor[at + tag.length]
  const isNews = tag !== '' && (at === -1 || (next !== undefined && next === next.toLowerCase()))
  return `${constructor}${size} ${isNews ? `[${tag}] ` : ''}`
}

/** The own keys that are shown. */
export function keysOf(value, showHidden) {
  if (showHidden) return Reflect.ownKeys(value)
  const isEnumerable = (key) => Object.prototype.propertyIsEnumerable.call(value, key)
  return [...Object.keys(value), ...Object.getOwnPropertySymbols(value).filter(isEnumerable)]
}

const INDEX = /^(?:0|[1-9]\d*)$/

/** The same without the indices of an array. */
export const keysBesideIndices = (value, showHidden) =>
  keysOf(value, showHidden).filter((key) => typeof key === 'symbol' || !INDEX.test(key) || key > 4294967294)
