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

  /** All bytes, also those that were not kept. */
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

  /** All of it, as it was printed, unless it is truncated. */
  bytes(): Buffer {
    return Buffer.concat([this.#head.bytes, this.#tail.bytes()])
  }

  /** Head, a line with the number of missing bytes, tail. Invalid UTF-8 becomes U+FFFD. */
  text(): string {
    const first = this.#head.bytes
    const last = this.#tail.bytes()
    if (!this.truncated) return Buffer.concat([first, last]).toString('utf8')
    const missing = this.#totalBytes - first.length - last.length
    return `${cutEnd(first)}${cutMark(missing)}${cutStart(last)}`
  }
}

/** What stands where output was cut in the middle. */
export function cutMark(missingBytes: number): string {
  return `\n… ${missingBytes} bytes left out …\n`
}

type Block = Buffer<ArrayBuffer>
const FIRST_BYTES = 4096

/** The first bytes, in a block that grows. */
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

  /** Stores what fits and returns its length. */
  push(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.#limit - this.#length)
    if (taken === 0) return 0
    this.#block = grown(this.#block, this.#length + taken, this.#limit)
    this.#block.set(taken === bytes.length ? bytes : bytes.subarray(0, taken), this.#length)
    this.#length += taken
    return taken
  }
}

/** The last bytes, in a ring buffer that grows up to its limit. */
class TailBuffer {
  readonly #limit: number
  readonly #first: HeadBuffer
  /** Position of the oldest byte, which the next one overwrites. */
  #at = 0

  constructor(limit: number) {
    this.#limit = limit
    this.#first = new HeadBuffer(limit)
  }

  push(bytes: Uint8Array): void {
    const taken = this.#first.push(bytes)
    if (this.#limit === 0 || taken === bytes.length) return
    const rest = bytes.subarray(Math.max(taken, bytes.length - this.#limit))
    // Skips bytes that the same chunk would overwrite.
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

/** `block`, or a copy that is twice as large, up to `limit` bytes. */
function grown(block: Block, length: number, limit: number): Block {
  if (length <= block.length) return block
  const larger = Buffer.allocUnsafeSlow(Math.min(limit, Math.max(FIRST_BYTES, length, 2 * block.length)))
  larger.set(block)
  return larger
}

/** Decodes bytes and drops an incomplete last code point. */
function cutEnd(bytes: Buffer): string {
  return new TextDecoder('utf-8').decode(bytes, { stream: true })
}

/** Decodes bytes and drops an incomplete first code point. */
function cutStart(bytes: Buffer): string {
  let start = 0
  while (start < 4 && start < bytes.length && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1
  return bytes.subarray(start).toString('utf8')
}
