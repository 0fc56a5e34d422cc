// POSIX paths.
export const sep = '/'
export const delimiter = ':'
export const isAbsolute = (path) => path.startsWith('/')

export function normalize(path) {
  if (path === '') return '.'
  const kept = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') kept.push(part)
    else if (kept.length > 0 && kept[kept.length - 1] !== '..') kept.pop()
    else if (!isAbsolute(path)) kept.push('..')
  }
  const text = (isAbsolute(path) ? '/' : '') + kept.join('/')
  const slash = path.endsWith('/') && kept.length > 0 ? '/' : ''
  return text === '' ? '.' : text + slash
}

export const join = (...parts) => normalize(parts.filter((part) => part !== '').join('/'))

export function resolve(...parts) {
  let path = ''
  for (const part of [...parts].reverse()) {
    if (part === '') continue
    path = path === '' ? part : `${part}/${path}`
    if (isAbsolute(part)) break
  }
  const whole = normalize(isAbsolute(path) ? path : `/${path}`)
  return whole.length > 1 && whole.endsWith('/') ? whole.slice(0, -1) : whole
}

const trimmed = (path) => (path.length > 1 ? path.replace(/\/+$/, '') : path)

export function dirname(path) {
  const at = trimmed(path).lastIndexOf('/')
  return at < 0 ? '.' : at === 0 ? '/' : path.slice(0, at)
}

export function basename(path, suffix = '') {
  const name = trimmed(path).slice(trimmed(path).lastIndexOf('/') + 1)
  return suffix !== '' && name.endsWith(suffix) && name !== suffix ? name.slice(0, -suffix.length) : name
}

export function extname(path) {
  const name = basename(path)
  const at = name.lastIndexOf('.')
  return at <= 0 ? '' : name.slice(at)
}

export function parse(path) {
  const base = basename(path)
  const ext = extname(path)
  const dir = dirname(path)
  return {
    root: isAbsolute(path) ? '/' : '',
    dir: dir === '.' && !path.startsWith('.') ? '' : dir,
    base,
    ext,
    name: base.slice(0, base.length - ext.length),
  }
}

export function relative(from, to) {
  const here = resolve(from).split('/').filter(Boolean)
  const there = resolve(to).split('/').filter(Boolean)
  let same = 0
  while (same < here.length && here[same] === there[same]) same += 1
  return [...here.slice(same).map(() => '..'), ...there.slice(same)].join('/')
}

const path = {
  sep,
  delimiter,
  isAbsolute,
  normalize,
  join,
  resolve,
  dirname,
  basename,
  extname,
  parse,
  relative,
}
path.posix = path
export const posix = path
export default path
