// What main returned, as JSON. The program may replace what it likes: whatever is used here was taken before it ran.
const { isArray } = Array
const { keys } = Object
const { stringify: toJson } = JSON
const { Map: NativeMap, Set: NativeSet } = globalThis
const takeThis = Function.prototype.bind.bind(Function.prototype.call)
const contains = takeThis(String.prototype.includes)

/** The kind of a value of which JSON would keep nothing; undefined where it keeps all. */
function lostKind(value) {
  if (value === undefined) return 'undefined'
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  if (typeof value !== 'object' || value === null || typeof value.toJSON === 'function') return undefined
  if (value instanceof NativeMap) return 'a Map'
  return value instanceof NativeSet ? 'a Set' : undefined
}

/** Says where in a result a value sits that JSON would change or refuse; null where there is none. */
export function findUnsupported(value, path, above = []) {
  if (typeof value === 'number' && (value !== value || value === Infinity || value === -Infinity))
    return `${path} is ${value}`
  if (typeof value === 'bigint') return `${path} is a BigInt`
  const lost = lostKind(value)
  if (lost !== undefined) return `${path} is ${lost}`
  if (typeof value !== 'object' || value === null) return null
  for (let at = above; at.length > 0; at = at[1]) if (at[0] === value) return `${path} refers back to itself`
  if (typeof value.toJSON === 'function') return null
  const names = isArray(value) ? null : keys(value)
  const { length } = names ?? value
  for (let index = 0; index < length; index += 1) {
    const name = names === null ? index : names[index]
    const place = names === null ? `${path}[${index}]` : `${path}.${name}`
    const found = findUnsupported(value[name], place, [value, above])
    if (found !== null) return found
  }
  return null
}

/** True where JSON would leave something out without a word. */
function hides(value) {
  if (lostKind(value) !== undefined) return true
  if (typeof value !== 'object' || value === null || typeof value.toJSON === 'function') return false
  const parts = keys(value)
  for (let index = 0; index < parts.length; index += 1) if (hides(value[parts[index]])) return true
  return false
}

function refuse(found) {
  return new TypeError(`main returned a value JSON cannot carry: ${found}`)
}

/** JSON text of what `main` returned; null for undefined. @throws TypeError naming what JSON cannot carry */
export function encode(value) {
  if (value === undefined) return null
  if (typeof value === 'function' || typeof value === 'symbol')
    throw new TypeError(`main returned a ${typeof value}, which JSON cannot carry`)
  let text
  try {
    text = toJson(value)
  } catch (error) {
    const found = findUnsupported(value, 'the result')
    throw found === null ? error : refuse(found)
  }
  if (text === undefined) return null
  const found = contains(text, 'null') || hides(value) ? findUnsupported(value, 'the result') : null
  if (found !== null) throw refuse(found)
  return text
}
