// Functions and classes as Node's util.inspect names them.
const source = Function.prototype.toString

function isClass(text) {
  if (!text.startsWith('class') || !text.endsWith('}')) return false
  const head = text.slice(5, text.indexOf('{'))
  return text.includes('{') && (!head.includes('(') || /^(?:\s+[^(]*?)\s*\{/.test(text.slice(5)))
}

function showClass(value, constructor, tag) {
  const own = Object.prototype.hasOwnProperty.call(value, 'name') ? value.name : ''
  let text = `class ${own || '(anonymous)'}`
  if (constructor !== 'Function' && constructor !== null) text += ` [${constructor}]`
  if (tag !== '' && constructor !== tag) text += ` [${tag}]`
  const parent = constructor === null ? null : Object.getPrototypeOf(value).name
  if (constructor === null) text += ' extends [null prototype]'
  else if (parent) text += ` extends ${parent}`
  return `[${text}]`
}

/** `[Function: name]`, `[AsyncFunction: name]`, `[class Name extends Parent]`. */
export function showFunction(value, constructor, tag) {
  if (isClass(source.call(value))) return showClass(value, constructor, tag)
  const found = /^(?:Async)?(?:Generator)?Function$/.exec(Object.prototype.toString.call(value).slice(8, -1))
  const type = found === null ? 'Function' : found[0]
  const name = value.name === '' ? ' (anonymous)' : `: ${String(value.name)}`
  let text = `[${type}${constructor === null ? ' (null prototype)' : ''}${name}]`
  if (constructor !== type && constructor !== null && constructor !== 'Function') text += ` ${constructor}`
  if (tag !== '' && constructor !== tag && type !== tag) text += ` [${tag}]`
  return text
}
