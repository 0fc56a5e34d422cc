/**
 * Keeps the first and the last bytes of a stream and counts all of them: three quarters of `limitBytes`
 * are head, one quarter tail. Memory is bounded by the limit.
 */
export class Capture {
  readonly #limitBytes: number
  readonly #headLimit: number
  readonly #tailLimit: number
  readonly #head: Uint8Array[] = []
  #tail: Uint8Array[] = []
  #headBytes = 0
  #tailBytes = 0
  #totalBytes = 0

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes
    this.#headLimit = Math.ceil(limitBytes * 0.75)
    this.#tailLimit = limitBytes - this.#headLimit
  }

  /** Every byte that passed. */
  get totalBytes(): number {
    return this.#totalBytes
  }

  get truncated(): boolean {
    return this.#totalBytes > this.#limitBytes
  }

  push(bytes: Uint8Array): void {
    this.#totalBytes += bytes.length
    const room = this.#headLimit - this.#headBytes
    if (room > 0) {
      this.#head.push(new Uint8Array(bytes.subarray(0, room)))
      this.#headBytes += Math.min(room, bytes.length)
    }
    if (bytes.length > room) this.#keepTail(bytes.subarray(Math.max(room, 0)))
  }

  /** Head, a line that says what is missing, tail; broken UTF-8 becomes U+FFFD. */
  text(): string {
    const first = Buffer.concat(this.#head)
    const rest = Buffer.concat(this.#tail)
    if (!this.truncated) return Buffer.concat([first, rest]).toString('utf8')
    const last = this.#tailLimit === 0 ? rest : rest.subarray(-this.#tailLimit)
    const missing = this.#totalBytes - first.length - last.length
    return `${cutEnd(first)}\n… ${missing} bytes left out …\n${cutStart(last)}`
  }

  #keepTail(bytes: Uint8Array): void {
    if (this.#tailLimit === 0) return
    const last = bytes.length > this.#tailLimit ? bytes.subarray(bytes.length - this.#tailLimit) : bytes
    this.#tail.push(new Uint8Array(last))
    this.#tailBytes += last.length
    // Compact only at twice the limit, so that each byte is copied a constant number of times.
    if (this.#tailBytes > 2 * this.#tailLimit) {
      this.#tail = [new Uint8Array(Buffer.concat(this.#tail).subarray(-this.#tailLimit))]
      this.#tailBytes = this.#tailLimit
    }
  }
}

/** Text of bytes whose last code point may be cut in half; the half is dropped. */
function cutEnd(bytes: Buffer): string {
  return new TextDecoder('utf-8').decode(bytes, { stream: true })
}

/** Text of bytes whose first code point may be cut in half; the half is dropped. */
function cutStart(bytes: Buffer): string {
  let start = 0
  while (start < 4 && start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1
  return bytes.subarray(start).toString('utf8')
}
