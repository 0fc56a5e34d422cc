// UTF-8 by way of the engine's own URI functions, which are native.

/** Lone surrogates become U+FFFD. */
export function toWellFormed(text) {
  return /[\ud800-\udfff]/.test(text) ? text.replace(/\p{Surrogate}/gu, '\ufffd') : text
}

/** Bytes of a text; lone surrogates become U+FFFD. */
export function toUtf8(text) {
  const safe = toWellFormed(text)
  const binary = unescape(encodeURIComponent(safe))
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

const CHUNK = 8192

/** One character a byte. */
export function toLatin1(bytes) {
  const pieces = []
  for (let at = 0; at < bytes.length; at += CHUNK)
    pieces.push(String.fromCharCode.apply(null, bytes.subarray(at, at + CHUNK)))
  return pieces.join('')
}

/** Length of the well-formed sequence at `at`, 0 where there is none. */
function sequenceLength(bytes, at) {
  const lead = bytes[at]
  if (lead < 0x80) return 1
  const length = lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0
  if (length === 0 || lead >= 0xf5 || at + length > bytes.length) return 0
  for (let i = 1; i < length; i++) if ((bytes[at + i] & 0xc0) !== 0x80) return 0
  const second = bytes[at + 1]
  if (lead === 0xe0 && second < 0xa0) return 0
  if (lead === 0xed && second > 0x9f) return 0
  if (lead === 0xf0 && second < 0x90) return 0
  return lead === 0xf4 && second > 0x8f ? 0 : length
}

/** Text of bytes; what is not UTF-8 becomes U+FFFD, or throws when `fatal`. */
export function fromUtf8(bytes, fatal) {
  try {
    return decodeURIComponent(escape(toLatin1(bytes)))
  } catch {
    if (fatal) throw new TypeError('The encoded data was not valid for encoding utf-8')
  }
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at)
    text += length === 0 ? '\ufffd' : decodeURIComponent(escape(toLatin1(bytes.subarray(at, at + length))))
    at += Math.max(length, 1)
  }
  return text
}

export class TextEncoder {
  get encoding() {
    return 'utf-8'
  }
  encode(text = '') {
    return toUtf8(String(text))
  }
}

export class TextDecoder {
  constructor(encoding = 'utf-8', { fatal = false, ignoreBOM = false } = {}) {
    if (!/^utf-?8$/i.test(encoding)) throw new RangeError(`The "${encoding}" encoding is not supported`)
    this.fatal = fatal
    this.ignoreBOM = ignoreBOM
  }
  get encoding() {
    return 'utf-8'
  }
  decode(source = new Uint8Array()) {
    const bytes = ArrayBuffer.isView(source)
      ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
      : new Uint8Array(source)
    const text = fromUtf8(bytes, this.fatal)
    return this.ignoreBOM ? text : text.replace(/^\ufeff/, '')
  }
}
