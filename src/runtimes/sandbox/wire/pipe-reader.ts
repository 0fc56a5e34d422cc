/** A pipe read into one buffer again and again: twice as fast as into a new one each time, and no work for V8. */
import { Socket } from 'node:net'
import { readNow } from './pipe-socket.ts'

/** What a pipe holds. */
const BUFFER_BYTES = 65_536
/** Buffers of pipes that ended. New ones would lie outside of V8's heap, and of such it collects all of it often. */
const spare: Buffer[] = []
const MAX_SPARE = 64

/** Takes bytes that are its own until it returns or the promise it returned is settled. */
type Take = (bytes: Uint8Array) => void | Promise<void>

/** Nothing is read before `pump`. */
export class PipeReader extends Socket {
  #take: Take = () => undefined
  /** The last bytes that had to be waited for. */
  #taken: Promise<void> = Promise.resolve()
  readonly #fd: number
  readonly #block: Buffer
  readonly #drained = Promise.withResolvers<void>()

  constructor(fd: number) {
    const block = spare.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES)
    const outlet = { hand: (_bytes: Uint8Array): boolean => true }
    const onread = {
      buffer: block,
      callback: (length: number, bytes: Uint8Array) => outlet.hand(bytes.subarray(0, length)),
    }
    super({ fd, readable: true, writable: false, onread })
    this.#fd = fd
    this.#block = block
    outlet.hand = (bytes) => this.#hand(bytes)
    this.once('close', () => void this.#taken.finally(() => keep(block)))
    this.pause()
  }

  /** Hands everything that comes to `take`, in order, waiting for it; resolves at the end, rejects as `take` does. */
  async pump(take: Take): Promise<void> {
    this.#take = take
    const closed = new Promise((resolve) => this.once('close', resolve))
    this.resume()
    if (!this.closed) await Promise.race([closed, this.#drained.promise])
    await this.#taken
    if (this.errored !== null) throw this.errored
  }

  /** Hands over what the pipe still holds and ends `pump`: for when its writers are gone but others keep it open. */
  async drain(): Promise<void> {
    await this.#taken
    this.pause()
    while (!this.destroyed) {
      const length = readNow(this.#fd, this.#block)
      if (length === 0) break
      this.#taken = Promise.resolve(this.#take(this.#block.subarray(0, length)))
      await this.#taken
    }
    this.#drained.resolve()
  }

  /** False pauses. */
  #hand(bytes: Uint8Array): boolean {
    const taken = this.#take(bytes)
    if (taken === undefined) return true
    const fail = (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error)))
    this.#taken = taken.then(
      () => void this.resume(),
      (error: unknown) => void fail(error),
    )
    return false
  }
}

function keep(block: Buffer): void {
  if (spare.length < MAX_SPARE) spare.push(block)
}
