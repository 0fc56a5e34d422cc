/** Memory of frames: what is new costs the processor more than to copy into what is there, and the collector of V8 is late. */

export class FrameBuffers {
  /** Size of the largest. */
  readonly capacity: number
  readonly #unused: Buffer[] = []

  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** Its content is whatever was there. */
  take(bytes: number): Buffer {
    const buffer = this.#unused.pop() ?? Buffer.allocUnsafeSlow(this.capacity)
    return buffer.subarray(0, bytes)
  }

  /** Returns a buffer that is no longer in use. */
  giveBack(frame: Buffer): void {
    this.#unused.push(Buffer.from(frame.buffer))
  }
}

/** Frees memory that is no longer in use, unless it is part of Node's shared pool. */
export function free(memory: ArrayBufferLike): void {
  if (memory instanceof ArrayBuffer && memory.byteLength > Buffer.poolSize) memory.transfer(0)
}
