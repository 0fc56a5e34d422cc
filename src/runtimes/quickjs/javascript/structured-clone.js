// structuredClone of the web.
function refuse(value) {
  return Object.assign(new Error(`${String(value)} could not be cloned.`), {
    name: 'DataCloneError',
    code: 25,
  })
}

/** JSON-like values, dates, maps, sets, errors and typed arrays, cycles kept. */
export function structuredClone(value, _options, seen = new Map()) {
  if (typeof value === 'function' || typeof value === 'symbol') throw refuse(value)
  if (typeof value !== 'object' || value === null) return value
  if (seen.has(value)) return seen.get(value)
  const keep = (copy) => {
    seen.set(value, copy)
    return copy
  }
  const clone = (part) => structuredClone(part, undefined, seen)
  if (value instanceof Date) return keep(new Date(value))
  if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags))
  if (value instanceof ArrayBuffer) return keep(value.slice(0))
  if (ArrayBuffer.isView(value)) return keep(value.slice())
  if (value instanceof Map) {
    const copy = keep(new Map())
    for (const [key, item] of value) copy.set(clone(key), clone(item))
    return copy
  }
  if (value instanceof Set) {
    const copy = keep(new Set())
    for (const item of value) copy.add(clone(item))
    return copy
  }
  const empty = Array.isArray(value) ? [] : value instanceof Error ? new Error(value.message) : {}
  const copy = keep(empty)
  for (const key of Object.keys(value)) copy[key] = clone(value[key])
  return copy
}
