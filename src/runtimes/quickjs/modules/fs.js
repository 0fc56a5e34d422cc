// Files of the scratch directory, in the words of Node's fs.
import * as std from 'std'
import * as os from 'qjs:os'
import { Buffer } from 'buffer'

/** WASI's error numbers. */
const ERRORS = {
  2: ['EACCES', 'permission denied'],
  8: ['EBADF', 'bad file descriptor'],
  20: ['EEXIST', 'file already exists'],
  22: ['EFBIG', 'file too large'],
  28: ['EINVAL', 'invalid argument'],
  31: ['EISDIR', 'illegal operation on a directory'],
  44: ['ENOENT', 'no such file or directory'],
  51: ['ENOSPC', 'no space left on device'],
  54: ['ENOTDIR', 'not a directory'],
  55: ['ENOTEMPTY', 'directory not empty'],
  63: ['EPERM', 'operation not permitted'],
  69: ['EROFS', 'read-only file system'],
  76: ['EPERM', 'operation not permitted'],
}
const DIRECTORY = 0o040000
const KIND = 0o170000

function fail(errno, call, path) {
  const [code, words] = ERRORS[Math.abs(errno)] ?? ['EIO', `error ${Math.abs(errno)}`]
  throw Object.assign(new Error(`${code}: ${words}, ${call} '${path}'`), { errno, code, syscall: call, path })
}

const encodingOf = (options) => (typeof options === 'string' ? options : options?.encoding)
const name = (path) =>
  typeof path === 'object' && path !== null && 'pathname' in path ? path.pathname : String(path)

function open(path, mode, call) {
  const state = {}
  const file = std.open(name(path), mode, state)
  if (file === null) fail(state.errno, call, path)
  return file
}

function readAll(path) {
  // stdin is empty.
  if (path === 0 || path === '/dev/stdin') return Buffer.alloc(0)
  const [stat, missing] = os.stat(name(path))
  if (missing !== 0) fail(missing, 'open', path)
  if ((stat.mode & KIND) === DIRECTORY) fail(31, 'read', path)
  const file = open(path, 'rb', 'open')
  const bytes = new ArrayBuffer(stat.size)
  const count = file.read(bytes, 0, stat.size)
  file.close()
  return Buffer.from(bytes, 0, count)
}

export function readFileSync(path, options) {
  const bytes = readAll(path)
  const encoding = encodingOf(options)
  return encoding === undefined || encoding === null ? bytes : bytes.toString(encoding)
}

function write(path, data, options, mode) {
  const bytes = typeof data === 'string' ? Buffer.from(data, encodingOf(options) ?? 'utf8') : data
  const file = open(path, mode, 'open')
  const count = file.write(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const closed = file.close()
  if (count !== bytes.byteLength || closed < 0) fail(closed < 0 ? closed : 51, 'write', path)
}

export function writeFileSync(path, data, options) {
  write(path, data, options, options?.flag === 'a' ? 'ab' : 'wb')
}
export function appendFileSync(path, data, options) {
  write(path, data, options, 'ab')
}
export const existsSync = (path) => os.stat(name(path))[1] === 0

export function mkdirSync(path, options) {
  const recursive = typeof options === 'object' && options?.recursive === true
  const parts = name(path).split('/')
  for (let i = recursive ? 1 : parts.length; i <= parts.length; i++) {
    const at = parts.slice(0, i).join('/')
    if (at === '' || (recursive && existsSync(at))) continue
    const made = os.mkdir(at, 0o777)
    if (made < 0) fail(made, 'mkdir', path)
  }
}

class Stats {
  constructor(stat) {
    Object.assign(this, stat, { mtimeMs: stat.mtime, ctimeMs: stat.ctime, atimeMs: stat.atime })
    for (const time of ['atime', 'mtime', 'ctime']) this[time] = new Date(stat[time])
  }
  isDirectory() {
    return (this.mode & KIND) === DIRECTORY
  }
  isFile() {
    return !this.isDirectory()
  }
  isSymbolicLink() {
    return false
  }
}

export function statSync(path, options) {
  const [stat, errno] = os.stat(name(path))
  if (errno === 0) return new Stats(stat)
  return options?.throwIfNoEntry === false ? undefined : fail(errno, 'stat', path)
}
export const lstatSync = statSync

export function readdirSync(path, options) {
  const [found, errno] = os.readdir(name(path))
  if (errno !== 0) fail(errno, 'scandir', path)
  const names = found.filter((entry) => entry !== '.' && entry !== '..').sort()
  if (options?.withFileTypes !== true) return names
  return names.map((entry) =>
    Object.assign(statSync(`${name(path)}/${entry}`), { name: entry, parentPath: name(path) }),
  )
}

export function accessSync(path) {
  if (!existsSync(path)) fail(44, 'access', path)
}
export function unlinkSync(path) {
  const done = os.remove(name(path))
  if (done < 0) fail(done, 'unlink', path)
}
export function rmSync(path, { recursive = false, force = false } = {}) {
  const [stat, errno] = os.stat(name(path))
  if (errno !== 0) return force ? undefined : fail(errno, 'rm', path)
  if ((stat.mode & KIND) === DIRECTORY) {
    if (!recursive) fail(31, 'rm', path)
    for (const entry of readdirSync(path)) rmSync(`${name(path)}/${entry}`, { recursive, force })
  }
  return unlinkSync(path)
}
export const rmdirSync = unlinkSync
export function renameSync(from, to) {
  const done = os.rename(name(from), name(to))
  if (done < 0) fail(done, 'rename', from)
}
export function copyFileSync(from, to) {
  writeFileSync(to, readAll(from))
}

const sync = {
  readFileSync,
  writeFileSync,
  appendFileSync,
  mkdirSync,
  statSync,
  lstatSync,
  readdirSync,
  accessSync,
  unlinkSync,
  rmSync,
  rmdirSync,
  renameSync,
  copyFileSync,
}
const later =
  (call) =>
  (...args) =>
    new Promise((resolve) => resolve(call(...args)))
/** The same, as promises. */
export const promises = Object.fromEntries(
  Object.entries(sync).map(([key, call]) => [key.slice(0, -4), later(call)]),
)
export default { ...sync, existsSync, promises }
