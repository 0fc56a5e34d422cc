// Values as Node's util.inspect shows them. What only the engine knows, such as the state of a promise, is left out.
import {
  constructorName,
  isArguments,
  isError,
  isKind,
  isRegExp,
  keysBesideIndices,
  keysOf,
  prefix,
  tagOf,
  typedArrayName,
  unbox,
} from './kinds.js'
import { layOut } from './layout.js'
import { showError } from './show-error.js'
import { showFunction } from './show-function.js'
import {
  describeBuffer,
  indented,
  showArray,
  showBytes,
  showCollection,
  showExtra,
  showPrimitive,
  showTyped,
} from './show-items.js'
import { quote } from './text-width.js'

const CUSTOM = Symbol.for('nodejs.util.inspect.custom')
const IDENTIFIER = /^[a-zA-Z_][a-zA-Z_0-9]*$/
const DEFAULTS = {
  showHidden: false,
  depth: 2,
  customInspect: true,
  maxArrayLength: 100,
  maxStringLength: 10_000,
  breakLength: 80,
  compact: 3,
  sorted: false,
  getters: false,
}

function showGetter(context, owner, { get, set }, level) {
  const label = set === undefined ? 'Getter' : 'Getter/Setter'
  const wanted = context.getters === true || context.getters === (set === undefined ? 'get' : 'set')
  if (!wanted) return `[${label}]`
  return indented(context, () => {
    try {
      const value = get.call(owner)
      const isPrimitive = (typeof value !== 'object' && typeof value !== 'function') || value === null
      const text = showValue(context, value, level)
      return isPrimitive ? `[${label}: ${text}]` : `[${label}] ${text}`
    } catch (error) {
      return `[${label}: <Inspection threw (${showValue(context, error, level)})>]`
    }
  })
}

function showKey(key, isEnumerable) {
  if (typeof key === 'symbol') return isEnumerable ? key.toString() : `[${key.toString()}]`
  const name = key === '__proto__' ? "['__proto__']" : IDENTIFIER.test(key) ? key : quote(key)
  return isEnumerable ? name : `[${name}]`
}

function showContent(context, owner, key, level) {
  const own = Object.getOwnPropertyDescriptor(owner, key) ?? { value: owner[key], enumerable: true }
  if (own.get !== undefined) return showGetter(context, owner, own, level)
  if (own.set !== undefined) return '[Setter]'
  return indented(context, () => showValue(context, own.value, level))
}

function showProperty(context, owner, key, level) {
  const isEnumerable = Object.getOwnPropertyDescriptor(owner, key)?.enumerable ?? true
  return `${showKey(key, isEnumerable)}: ${showContent(context, owner, key, level)}`
}

/** What can be iterated: braces, keys and how its items are shown. Null for others. */
function describeIterable(context, value, { constructor, tag }) {
  if (Array.isArray(value)) {
    const isPlain = constructor === 'Array' && tag === ''
    const lead = isPlain ? '' : prefix(constructor, tag, 'Array', `(${value.length})`)
    const keys = keysBesideIndices(value, context.showHidden)
    return {
      keys,
      braces: [`${lead}[`, ']'],
      isArray: true,
      show: (level) => showArray(context, value, (index) => showContent(context, value, index, level)),
    }
  }
  const typed = typedArrayName(value)
  if (typed !== undefined) {
    const braces = [`${prefix(constructor, tag, typed, `(${value.length})`)}[`, ']']
    const keys = keysBesideIndices(value, context.showHidden)
    return { keys, braces, isArray: true, show: () => showTyped(context, value) }
  }
  const kind = isKind('Map', value) ? 'Map' : isKind('Set', value) ? 'Set' : null
  if (kind === null) return null
  const braces = [`${prefix(constructor, tag, kind, `(${value.size})`)}{`, '}']
  const show = (level) => {
    const one = (item) => showValue(context, item, level)
    const items = kind === 'Map' ? Map.prototype.entries.call(value) : Set.prototype.values.call(value)
    const list = { size: value.size, [Symbol.iterator]: () => items }
    return showCollection(
      context,
      list,
      kind === 'Map' ? ([key, item]) => `${one(key)} => ${one(item)}` : one,
    )
  }
  return { keys: keysOf(value, context.showHidden), braces, isArray: false, show }
}

/** `base` stands for the whole where no key is shown beside it. */
function describeBased(context, value, names) {
  const { constructor, tag } = names
  const keys = keysOf(value, context.showHidden)
  if (typeof value === 'function') return { keys, base: showFunction(value, constructor, tag) }
  const lead = (kind) => {
    const text = prefix(constructor, tag, kind)
    return text === `${kind} ` ? '' : text
  }
  if (isRegExp(value)) return { keys, base: lead('RegExp') + RegExp.prototype.toString.call(value) }
  if (isKind('Date', value)) {
    const isValid = !Number.isNaN(Date.prototype.getTime.call(value))
    const text = isValid ? Date.prototype.toISOString.call(value) : 'Invalid Date'
    return { keys, base: lead('Date') + text }
  }
  if (isError(value)) return { keys, base: showError(context, value, names, keys) }
  const boxed = unbox(value)
  if (boxed === null) return null
  const { type, primitive } = boxed
  const own = type === 'String' ? keys.slice(primitive.length) : keys
  const name = type === constructor ? '' : ` (${constructor ?? 'null prototype'})`
  const text = `[${type}${name}: ${showPrimitive(primitive, { ...context, breakLength: Infinity })}]`
  return { keys: own, base: tag !== '' && tag !== constructor ? `${text} [${tag}]` : text }
}

function describeOpaque(context, value, { constructor, tag }) {
  const open = (kind) => [`${prefix(constructor, tag, kind)}{`, '}']
  const keys = keysOf(value, context.showHidden)
  if (isKind('ArrayBuffer', value)) {
    const show = (level) => [showBytes(context, value), ...showExtra(context, value, ['byteLength'], level)]
    return { keys, braces: open('ArrayBuffer'), show }
  }
  if (isKind('DataView', value)) {
    const show = (level) => showExtra(context, value, ['byteLength', 'byteOffset', 'buffer'], level)
    return { keys, braces: open('DataView'), show }
  }
  if (value instanceof Promise) return { keys, braces: open('Promise'), show: () => ['<pending>'] }
  for (const kind of [WeakMap, WeakSet])
    if (value instanceof kind) return { keys, braces: open(kind.name), show: () => ['<items unknown>'] }
  return null
}

function describeObject(context, value, { constructor, tag }) {
  const keys = keysOf(value, context.showHidden)
  if (constructor === 'Object' && isArguments(value)) return { keys, braces: ['[Arguments] {', '}'] }
  if (constructor === 'Object' && tag === '') return { keys, braces: ['{', '}'] }
  return { keys, braces: [`${prefix(constructor, tag, 'Object')}{`, '}'] }
}

function describe(context, value) {
  const names = { constructor: constructorName(value), tag: tagOf(value) }
  const found =
    describeBuffer(value, names) ??
    describeIterable(context, value, names) ??
    describeBased(context, value, names) ??
    describeOpaque(context, value, names) ??
    describeObject(context, value, names)
  return {
    base: '',
    braces: ['{', '}'],
    isArray: false,
    isOpaque: found.show !== undefined,
    show: () => [],
    ...found,
    names,
  }
}

function showCut({ base, names, isArray }, value) {
  if (base !== '' && isRegExp(value)) return base
  const kind = isArray && Array.isArray(value) ? 'Array' : 'Object'
  const name = prefix(names.constructor, names.tag, kind).slice(0, -1)
  return names.constructor === null ? name : `[${name}]`
}

function isEmpty({ isArray }, value) {
  if (isArray) return value.length === 0
  return (isKind('Map', value) || isKind('Set', value)) && value.size === 0
}

function showObject(context, value, level) {
  const shape = describe(context, value)
  const { base, braces, keys, isArray, isOpaque } = shape
  if (keys.length === 0) {
    if (base !== '') return base
    if (!isOpaque || isEmpty(shape, value)) return braces.join('')
  }
  if (level > context.depth) return showCut(shape, value)
  context.seen.push(value)
  context.currentDepth = level + 1
  const output = shape.show(level + 1)
  for (const key of keys) output.push(showProperty(context, value, key, level + 1))
  context.seen.pop()
  if (context.sorted !== false && !isArray)
    output.sort(typeof context.sorted === 'function' ? context.sorted : undefined)
  const index = context.circular.get(value)
  const whole = index === undefined ? base : `<ref *${index}>${base === '' ? '' : ` ${base}`}`
  return layOut(context, output, { base: whole, braces, isArray, level: level + 1, value })
}

function showCustom(context, value, level) {
  const custom = context.customInspect ? value[CUSTOM] : undefined
  if (typeof custom !== 'function' || custom === inspect) return undefined
  const options = { ...context.options, depth: context.depth - level, stylize: String }
  const shown = custom.call(value, context.depth - level, options, inspect)
  if (shown === value) return undefined
  if (typeof shown !== 'string') return showValue(context, shown, level)
  return shown.split('\n').join(`\n${' '.repeat(context.indent)}`)
}

function showValue(context, value, level) {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return value === null ? 'null' : showPrimitive(value, context)
  const custom = showCustom(context, value, level)
  if (custom !== undefined) return custom
  if (!context.seen.includes(value)) return showObject(context, value, level)
  if (!context.circular.has(value)) context.circular.set(value, context.circular.size + 1)
  return `[Circular *${context.circular.get(value)}]`
}

/** @param options those of Node's util.inspect that change what is shown, colours aside */
export function inspect(value, options) {
  const given = typeof options === 'object' ? (options ?? {}) : {}
  const context = {
    ...DEFAULTS,
    ...given,
    options: given,
    seen: [],
    circular: new Map(),
    indent: 0,
    currentDepth: 0,
  }
  for (const name of ['depth', 'maxArrayLength', 'maxStringLength']) context[name] ??= Infinity
  if (typeof context.compact === 'boolean') context.compact = context.compact ? DEFAULTS.compact : 0
  context.show = (inner, level) => showValue(context, inner, level)
  return showValue(context, value, 0)
}
inspect.custom = CUSTOM
