// Features of the language and the web newer than this QuickJS (2021) that programs use daily.
import { Buffer } from './buffer.js'
import { installCollections } from './collections.js'
import { installDisposal } from './disposal.js'
import { cleanStack } from './stack.js'
import { structuredClone } from './structured-clone.js'
import { TextDecoder, TextEncoder, toWellFormed } from './text.js'

function define(target, members) {
  for (const [name, value] of Object.entries(members)) {
    if (name in target) continue
    Object.defineProperty(target, name, { value, writable: true, configurable: true })
  }
}

const at = function (index) {
  const place = Math.trunc(index) || 0
  return this[place < 0 ? this.length + place : place]
}

function findLastIndex(test, self) {
  for (let i = this.length - 1; i >= 0; i--) if (test.call(self, this[i], i, this)) return i
  return -1
}

const ARRAY = {
  at,
  findLastIndex,
  findLast(test, self) {
    return this[findLastIndex.call(this, test, self)]
  },
  toReversed() {
    return [...this].reverse()
  },
  toSorted(compare) {
    return [...this].sort(compare)
  },
  toSpliced(...change) {
    const copy = [...this]
    copy.splice(...change)
    return copy
  },
  with(index, value) {
    const copy = [...this]
    const place = Math.trunc(index) || 0
    if (place >= copy.length || place < -copy.length) throw new RangeError('Invalid index')
    copy[place < 0 ? copy.length + place : place] = value
    return copy
  },
}

function group(items, keyOf, add) {
  let index = 0
  for (const item of items) add(keyOf(item, index++), item)
}

const STRING = {
  at,
  isWellFormed() {
    return !/\p{Surrogate}/u.test(this)
  },
  toWellFormed() {
    return toWellFormed(this.valueOf())
  },
}

const OBJECT = {
  hasOwn: (object, key) => Object.prototype.hasOwnProperty.call(object, key),
  groupBy(items, keyOf) {
    const groups = Object.create(null)
    group(items, keyOf, (key, item) => (groups[key] ??= []).push(item))
    return groups
  },
}

const MAP = {
  groupBy(items, keyOf) {
    const groups = new Map()
    group(items, keyOf, (key, item) => {
      if (groups.has(key)) groups.get(key).push(item)
      else groups.set(key, [item])
    })
    return groups
  },
}

/** Lets errors carry a cause. */
function addCauses() {
  for (const name of [
    'Error',
    'TypeError',
    'RangeError',
    'SyntaxError',
    'ReferenceError',
    'EvalError',
    'URIError',
  ]) {
    const Native = globalThis[name]
    const Wrapped = function (message, options) {
      const error = Reflect.construct(Native, message === undefined ? [] : [message], new.target ?? Wrapped)
      if (typeof options === 'object' && options !== null && 'cause' in options)
        Object.defineProperty(error, 'cause', { value: options.cause, writable: true, configurable: true })
      if (typeof error.stack === 'string') error.stack = `${cleanStack(error.stack)}\n`
      return error
    }
    Object.defineProperty(Wrapped, 'name', { value: name })
    Object.defineProperty(Wrapped, 'length', { value: 1 })
    Wrapped.prototype = Native.prototype
    Object.defineProperty(Native.prototype, 'constructor', {
      value: Wrapped,
      writable: true,
      configurable: true,
    })
    Object.setPrototypeOf(
      Wrapped,
      Object.getPrototypeOf(Native) === Function.prototype ? Function.prototype : globalThis.Error,
    )
    globalThis[name] = Wrapped
  }
}

export function installGlobals() {
  const TypedArray = Object.getPrototypeOf(Uint8Array)
  define(Array.prototype, ARRAY)
  define(TypedArray.prototype, { at })
  define(String.prototype, STRING)
  define(Object, OBJECT)
  define(Map, MAP)
  define(Promise, {
    withResolvers() {
      const parts = {}
      parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }))
      return parts
    },
  })
  addCauses()
  installDisposal()
  installCollections()
  define(Error, {
    captureStackTrace: (target) => {
      target.stack = new Error('here').stack
    },
  })
  define(globalThis, {
    structuredClone,
    TextEncoder,
    TextDecoder,
    Buffer,
    atob: (text) => Buffer.from(String(text), 'base64').toString('latin1'),
    btoa: (text) => Buffer.from(String(text), 'latin1').toString('base64'),
    performance: { now: () => (globalThis.__date_clock() - startedUs) / 1000, timeOrigin: startedUs / 1000 },
    global: globalThis,
  })
}

const startedUs = globalThis.__date_clock()
