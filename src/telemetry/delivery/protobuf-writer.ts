/** Writes a protobuf message from its end to its start, so that the length of what is nested is known when it is due. */

const FIRST_BYTES = 65_536
/** Below this, a loop over the units costs less than a call into the runtime. */
const SHORT_TEXT = 48

export class ProtobufWriter {
  #bytes = Buffer.allocUnsafe(FIRST_BYTES)
  #start = FIRST_BYTES

  /** Bytes written so far. */
  get length(): number {
    return this.#bytes.length - this.#start
  }

  /** What was written, without a copy. */
  take(): Buffer {
    return this.#bytes.subarray(this.#start)
  }

  /** Tag and length of a message, text or bytes that ends where `length` was `since`. */
  prefix(number: number, since: number): void {
    this.#count(this.length - since)
    this.#count(number * 8 + 2)
  }

  /** A lone surrogate becomes U+FFFD. */
  text(number: number, text: string): void {
    const since = this.length
    if (!this.#shortText(text)) {
      const bytes = Buffer.byteLength(text)
      this.#room(bytes)
      this.#bytes.write(text, this.#start, 'utf8')
    }
    this.prefix(number, since)
  }

  bytes(number: number, bytes: Uint8Array): void {
    const since = this.length
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#start)
    this.prefix(number, since)
  }

  /** The low 64 bits of a whole number. @throws {SyntaxError} for what is none */
  varint(number: number, value: unknown): void {
    const small = Number(value)
    if (Number.isSafeInteger(small) && small >= 0) this.#count(small)
    else this.#bigVarint(BigInt.asUintN(64, BigInt(String(value))))
    this.#count(number * 8)
  }

  /** @throws {SyntaxError} for what is no whole number */
  fixed64(number: number, value: unknown): void {
    this.#room(8)
    this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(String(value))), this.#start)
    this.#count(number * 8 + 1)
  }

  fixed32(number: number, value: unknown): void {
    this.#room(4)
    this.#bytes.writeUInt32LE(Number(value) >>> 0, this.#start)
    this.#count(number * 8 + 5)
  }

  double(number: number, value: unknown): void {
    this.#room(8)
    this.#bytes.writeDoubleLE(Number(value), this.#start)
    this.#count(number * 8 + 1)
  }

  /** False, with nothing written, for a text that is long or not only ASCII. */
  #shortText(text: string): boolean {
    const { length } = text
    if (length > SHORT_TEXT) return false
    this.#room(length)
    const from = this.#start
    for (let index = 0; index < length; index += 1) {
      const unit = text.charCodeAt(index)
      if (unit > 0x7f) {
        this.#start += length
        return false
      }
      this.#bytes[from + index] = unit
    }
    return true
  }

  /** A varint of at most 53 bits. */
  #count(value: number): void {
    let size = 1
    for (let left = value; left > 0x7f; left = Math.floor(left / 128)) size += 1
    this.#room(size)
    let at = this.#start
    let left = value
    for (; left > 0x7f; left = Math.floor(left / 128)) {
      this.#bytes[at] = (left % 128) | 0x80
      at += 1
    }
    this.#bytes[at] = left
  }

  #bigVarint(value: bigint): void {
    const bytes: number[] = []
    let left = value
    for (; left > 0x7fn; left >>= 7n) bytes.push(Number(left & 0x7fn) | 0x80)
    bytes.push(Number(left))
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#start)
  }

  /** Moves the start back by so many bytes, which are to be filled. */
  #room(bytes: number): void {
    if (this.#start < bytes) {
      const larger = Buffer.allocUnsafe(2 * this.#bytes.length + bytes)
      const start = larger.length - this.length
      this.#bytes.copy(larger, start, this.#start)
      this.#bytes = larger
      this.#start = start
    }
    this.#start -= bytes
  }
}
