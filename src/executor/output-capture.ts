/**
 * Keeps the first and the last bytes of a stream and counts all of them: three quarters of `limitBytes`
 * are head, one quarter tail. Memory is bounded by the limit, whatever the size of the chunks.
 */
export class OutputCapture {
  readonly #limitBytes: number
  readonly #head: HeadBuffer
  readonly #tail: TailBuffer
  #totalBytes = 0

  constructor(limitBytes: number) {
    const headLimit = Math.ceil(limitBytes * 0.75)
    this.#limitBytes = limitBytes
    this.#head = new HeadBuffer(headLimit)
    this.#tail = new TailBuffer(limitBytes - headLimit)
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
    const taken = this.#head.push(bytes)
    if (taken < bytes.length) this.#tail.push(bytes.subarray(taken))
  }

  /** Head, a line that says what is missing, tail; broken UTF-8 becomes U+FFFD. */
  text(): string {
    const first = this.#head.bytes
    const last = this.#tail.bytes()
    if (!this.truncated) return Buffer.concat([first, last]).toString('utf8')
    const missing = this.#totalBytes - first.length - last.length
    return `${cutEnd(first)}\n… ${missing} bytes left out …\n${cutStart(last)}`
  }
}

type Block = Buffer<ArrayBuffer>
const FIRST_BYTES = 4096

/** The first bytes, in one block that grows. */
class HeadBuffer {
  readonly #limit: number
  #block: Block = Buffer.alloc(0)
  #length = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get bytes(): Block {
    return this.#block.subarray(0, this.#length)
  }

  /** Takes what there is room for; gives its length back. */
  push(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.#limit - this.#length)
    if (taken === 0) return 0
    this.#block = grown(this.#block, this.#length + taken, this.#limit)
    this.#block.set(taken === bytes.length ? bytes : bytes.subarray(0, taken), this.#length)
    this.#length += taken
    return taken
  }
}

/** The last bytes: a block that grows up to its limit and is then written over, round and round. */
class TailBuffer {
  readonly #limit: number
  readonly #first: HeadBuffer
  /** Where the next byte goes once the block is full, which is where the oldest is. */
  #at = 0

  constructor(limit: number) {
    this.#limit = limit
    this.#first = new HeadBuffer(limit)
  }

  push(bytes: Uint8Array): void {
    const taken = this.#first.push(bytes)
    if (this.#limit === 0 || taken === bytes.length) return
    const rest = bytes.subarray(Math.max(taken, bytes.length - this.#limit))
    // What a long chunk runs over need not be written, but the place moves on by it.
    const skipped = bytes.length - taken - rest.length
    const start = (this.#at + skipped) % this.#limit
    const untilEnd = Math.min(rest.length, this.#limit - start)
    this.#first.bytes.set(rest.subarray(0, untilEnd), start)
    this.#first.bytes.set(rest.subarray(untilEnd), 0)
    this.#at = (start + rest.length) % this.#limit
  }

  bytes(): Buffer {
    const block = this.#first.bytes
    return this.#at === 0 ? block : Buffer.concat([block.subarray(this.#at), block.subarray(0, this.#at)])
  }
}

/** `block` itself, or twice as large a one with the same content, of at most `limit` bytes. */
function grown(block: Block, length: number, limit: number): Block {
  if (length <= block.length) return block
  const larger = Buffer.allocUnsafeSlow(Math.min(limit, Math.max(FIRST_BYTES, length, 2 * block.length)))
  larger.set(block)
  return larger
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
