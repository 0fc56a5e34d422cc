/** Compares two JSON values: every difference by its place, and a JSON Patch that leads from the one to the other. */
export function main({ before, after, ignore = [] }) {
  const changes = []
  compare(before, after, [], { changes, ignored: ignore.map(toSegments) })
  const count = (kind) => changes.filter((change) => change.kind === kind).length
  return {
    equal: changes.length === 0,
    added: count('added'),
    removed: count('removed'),
    changed: count('changed'),
    changes,
    patch: changes.map(toOperation),
  }
}

function compare(before, after, path, context) {
  if (isIgnored(path, context.ignored)) return
  if (Array.isArray(before) && Array.isArray(after)) compareLists(before, after, path, context)
  else if (isObject(before) && isObject(after)) compareObjects(before, after, path, context)
  else if (before !== after) note('changed', path, context, { before, after })
}

function compareObjects(before, after, path, context) {
  for (const name of Object.keys(before)) {
    if (Object.hasOwn(after, name)) compare(before[name], after[name], [...path, name], context)
    else note('removed', [...path, name], context, { before: before[name] })
  }
  for (const name of Object.keys(after))
    if (!Object.hasOwn(before, name)) note('added', [...path, name], context, { after: after[name] })
}

/** Equal items at both ends stay where they are, so that one inserted item is one difference. */
function compareLists(before, after, path, context) {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && isEqual(before[start], after[start])) start += 1
  let end = 0
  while (end < shorter - start && isEqual(before.at(-1 - end), after.at(-1 - end))) end += 1
  const [left, right] = [before.length - end, after.length - end]
  const both = Math.min(left, right)
  for (let index = start; index < both; index += 1)
    compare(before[index], after[index], [...path, String(index)], context)
  // From behind, so that the patch removes each item where it still is.
  for (let index = left - 1; index >= right && index >= start; index -= 1)
    note('removed', [...path, String(index)], context, { before: before[index] })
  for (let index = Math.max(left, start); index < right; index += 1)
    note('added', [...path, String(index)], context, { after: after[index] })
}

function note(kind, path, { changes, ignored }, values) {
  if (!isIgnored(path, ignored)) changes.push({ kind, path: toPointer(path), ...values })
}

function isEqual(one, other) {
  if (Array.isArray(one))
    return (
      Array.isArray(other) && one.length === other.length && one.every((item, at) => isEqual(item, other[at]))
    )
  if (!isObject(one)) return one === other
  if (!isObject(other)) return false
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isEqual(one[name], other[name]))
  )
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `*` stands for any one name or index. */
function isIgnored(path, ignored) {
  return ignored.some(
    (pattern) =>
      pattern.length === path.length && pattern.every((part, at) => part === '*' || part === path[at]),
  )
}

function toSegments(pointer) {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function toPointer(path) {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function toOperation({ kind, path, after }) {
  if (kind === 'removed') return { op: 'remove', path }
  return { op: kind === 'added' ? 'add' : 'replace', path, value: after }
}
