// What sets, iterators, typed arrays and promises have learnt since this QuickJS (2021).

function define(target, members) {
  for (const name of Object.keys(members)) {
    if (name in target) continue
    Object.defineProperty(target, name, { value: members[name], writable: true, configurable: true })
  }
}

/** Keys of what is like a set. */
function keysOf(other) {
  if (typeof other?.has !== 'function' || typeof other.keys !== 'function')
    throw new TypeError('The "other" argument must be like a Set')
  return other.keys()
}

const SET = {
  union(other) {
    return new Set([...this, ...keysOf(other)])
  },
  intersection(other) {
    keysOf(other)
    return new Set([...this].filter((item) => other.has(item)))
  },
  difference(other) {
    keysOf(other)
    return new Set([...this].filter((item) => !other.has(item)))
  },
  symmetricDifference(other) {
    const result = new Set(this)
    for (const item of keysOf(other)) {
      if (this.has(item)) result.delete(item)
      else result.add(item)
    }
    return result
  },
  isSubsetOf(other) {
    keysOf(other)
    return [...this].every((item) => other.has(item))
  },
  isSupersetOf(other) {
    return [...keysOf(other)].every((item) => this.has(item))
  },
  isDisjointFrom(other) {
    keysOf(other)
    return ![...this].some((item) => other.has(item))
  },
}

const ITERATOR = {
  *map(call) {
    let index = 0
    for (const item of this) yield call(item, index++)
  },
  *filter(test) {
    let index = 0
    for (const item of this) if (test(item, index++)) yield item
  },
  *take(limit) {
    let left = limit
    if (left <= 0) return
    for (const item of this) {
      yield item
      left -= 1
      if (left <= 0) return
    }
  },
  *drop(limit) {
    let left = limit
    for (const item of this) {
      if (left > 0) left -= 1
      else yield item
    }
  },
  *flatMap(call) {
    let index = 0
    for (const item of this) yield* call(item, index++)
  },
  reduce(...values) {
    return [...this].reduce(...values)
  },
  toArray() {
    return [...this]
  },
  forEach(call) {
    let index = 0
    for (const item of this) call(item, index++)
  },
  some(test) {
    for (const item of this) if (test(item)) return true
    return false
  },
  every(test) {
    for (const item of this) if (!test(item)) return false
    return true
  },
  find(test) {
    for (const item of this) if (test(item)) return item
    return undefined
  },
}

const iteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()))

/** Its methods are on the prototype that all built-in iterators share. */
function Iterator() {
  if (new.target === undefined || new.target === Iterator)
    throw new TypeError('Abstract class Iterator not directly constructable')
}
Iterator.prototype = iteratorPrototype
Iterator.from = (source) => {
  const iterator = source[Symbol.iterator]?.() ?? source
  return iterator instanceof Iterator ? iterator : wrap(iterator)
}

function* wrap(iterator) {
  for (;;) {
    const { done, value } = iterator.next()
    if (done) return value
    yield value
  }
}

async function collect(source, call) {
  const result = []
  if (source[Symbol.asyncIterator] !== undefined || source[Symbol.iterator] !== undefined)
    for await (const item of source) result.push(await call(item, result.length))
  else for (let at = 0; at < source.length; at++) result.push(await call(await source[at], at))
  return result
}

/** A promise of the program's own, whose rejection is seen. */
const fromAsync = (source, call = (item) => item) =>
  new Promise((resolve, reject) => {
    collect(source, call).then(resolve, reject)
  })

const TYPED_ARRAY = {
  toSorted(compare) {
    return this.slice().sort(compare)
  },
  toReversed() {
    return this.slice().reverse()
  },
  with(index, value) {
    const copy = this.slice()
    copy[index < 0 ? copy.length + index : index] = value
    return copy
  },
  findLast(test) {
    return Array.from(this).findLast(test)
  },
}

export function installCollections() {
  define(Set.prototype, SET)
  define(iteratorPrototype, ITERATOR)
  define(globalThis, { Iterator })
  define(Array, { fromAsync })
  define(Object.getPrototypeOf(Uint8Array).prototype, TYPED_ARRAY)
  define(Promise, {
    try: (call, ...values) => new Promise((resolve) => resolve(call(...values))),
  })
}
