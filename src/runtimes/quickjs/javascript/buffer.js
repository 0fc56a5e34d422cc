// The everyday part of Node's Buffer.
import { fromUtf8, toLatin1, toUtf8 } from './text.js'

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function toBase64(bytes) {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const bits = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text += BASE64[bits >> 18] + BASE64[(bits >> 12) & 63]
    text += i + 1 < bytes.length ? BASE64[(bits >> 6) & 63] : '='
    text += i + 2 < bytes.length ? BASE64[bits & 63] : '='
  }
  return text
}

function fromBase64(text) {
  const clean = text
    .replace(/-/g, '+')
    .replace(/_/g, '/')
    .replace(/[^A-Za-z0-9+/]/g, '')
  const bytes = new Uint8Array(Math.floor((clean.length * 3) / 4))
  let bits = 0
  let held = 0
  let at = 0
  for (const letter of clean) {
    bits = ((bits << 6) | BASE64.indexOf(letter)) & 0xffffff
    held += 6
    if (held < 8) continue
    held -= 8
    bytes[at++] = (bits >> held) & 255
  }
  return bytes.subarray(0, at)
}

function fromHex(text) {
  const pairs = /^(?:[0-9a-f]{2})*/i.exec(text)[0]
  return Uint8Array.from({ length: pairs.length / 2 }, (_, i) =>
    Number.parseInt(pairs.slice(i * 2, i * 2 + 2), 16),
  )
}

function encodeText(text, encoding = 'utf8') {
  switch (encoding.toLowerCase()) {
    case 'utf8':
    case 'utf-8':
      return toUtf8(text)
    case 'base64':
    case 'base64url':
      return fromBase64(text)
    case 'hex':
      return fromHex(text)
    case 'latin1':
    case 'binary':
    case 'ascii':
      return Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i) & 255)
    default:
      throw new TypeError(`Unknown encoding: ${encoding}`)
  }
}

export class Buffer extends Uint8Array {
  static from(source, encoding, length) {
    if (typeof source === 'string') return Buffer.over(encodeText(source, encoding))
    if (source instanceof ArrayBuffer)
      return new Buffer(source, encoding ?? 0, length ?? source.byteLength - (encoding ?? 0))
    const list = source?.type === 'Buffer' && Array.isArray(source.data) ? source.data : source
    return Buffer.over(Uint8Array.from(list, (byte) => byte & 255))
  }
  /** The same memory, as a Buffer. */
  static over(bytes) {
    return new Buffer(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  static alloc(size, fill = 0) {
    const made = new Buffer(size)
    if (fill !== 0) made.fill(typeof fill === 'string' ? fill.charCodeAt(0) : fill)
    return made
  }
  static allocUnsafe(size) {
    return new Buffer(size)
  }
  static isBuffer(value) {
    return value instanceof Buffer
  }
  static byteLength(value, encoding) {
    return typeof value === 'string' ? encodeText(value, encoding).length : value.byteLength
  }
  static concat(list, total = list.reduce((sum, part) => sum + part.length, 0)) {
    const made = new Buffer(total)
    let at = 0
    for (const part of list) {
      made.set(part.subarray(0, total - at), at)
      at += part.length
    }
    return made
  }
  static compare(a, b) {
    const length = Math.min(a.length, b.length)
    for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1
    return Math.sign(a.length - b.length)
  }
  toString(encoding = 'utf8', start = 0, end = this.length) {
    const bytes = super.subarray(start, end)
    switch (encoding.toLowerCase()) {
      case 'utf8':
      case 'utf-8':
        return fromUtf8(bytes, false)
      case 'base64':
        return toBase64(bytes)
      case 'base64url':
        return toBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
      case 'hex':
        return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
      case 'latin1':
      case 'binary':
        return toLatin1(bytes)
      case 'ascii':
        return toLatin1(bytes.map((byte) => byte & 127))
      default:
        throw new TypeError(`Unknown encoding: ${encoding}`)
    }
  }
  toJSON() {
    return { type: 'Buffer', data: Array.from(this) }
  }
  equals(other) {
    return Buffer.compare(this, other) === 0
  }
  slice(start, end) {
    return this.subarray(start, end)
  }
  indexOf(value, from = 0) {
    if (typeof value === 'number') return super.indexOf(value & 255, from)
    const wanted = typeof value === 'string' ? encodeText(value) : value
    const last = this.length - wanted.length
    for (let at = Math.max(0, from < 0 ? this.length + from : from); at <= last; at++)
      if (wanted.every((byte, index) => this[at + index] === byte)) return at
    return -1
  }
  includes(value, from) {
    return this.indexOf(value, from) >= 0
  }
  write(text, offset = 0) {
    const bytes = encodeText(text).subarray(0, this.length - offset)
    this.set(bytes, offset)
    return bytes.length
  }
}

const viewOf = (buffer) => new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength)

/** Bytes of whole numbers by name, as in `readUInt16BE`. */
for (const [name, bytes] of [
  ['Int8', 1],
  ['Int16', 2],
  ['Int32', 4],
  ['Float', 4],
  ['Double', 8],
]) {
  const isFloat = name === 'Float' || name === 'Double'
  for (const sign of isFloat ? [''] : ['', 'U'])
    for (const order of bytes === 1 ? [''] : ['BE', 'LE']) addNumber(sign + name, bytes, order)
}

function addNumber(name, bytes, order) {
  const kind = { Float: 'Float32', Double: 'Float64' }[name] ?? name.replace('UInt', 'Uint')
  const isLittle = order === 'LE'
  Buffer.prototype[`read${name}${order}`] = function (offset = 0) {
    return viewOf(this)[`get${kind}`](offset, isLittle)
  }
  Buffer.prototype[`write${name}${order}`] = function (value, offset = 0) {
    viewOf(this)[`set${kind}`](offset, value, isLittle)
    return offset + bytes
  }
}

// Bundling may have given it another.
Object.defineProperty(Buffer, 'name', { value: 'Buffer' })
