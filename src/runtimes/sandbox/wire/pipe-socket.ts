/** Our end of a pipe that can be read at once, without waiting for the event loop. */
import { readSync } from 'node:fs'
import { Socket } from 'node:net'

const BLOCK_BYTES = 65_536
/** Of all sockets: what is read is copied before the next read. */
const block = Buffer.allocUnsafeSlow(BLOCK_BYTES)

/** Reads a pipe by events, and at its end what it still holds. */
export class PipeSocket extends Socket {
  readonly #fd: number

  constructor(fd: number) {
    super({ fd, readable: true, writable: false })
    this.#fd = fd
  }

  /** What the pipe holds now, after all that came as `data`; for when its writers are gone but others keep it open. */
  readRest(): Buffer[] {
    const rest: Buffer[] = []
    while (!this.destroyed) {
      const length = readNow(this.#fd, block)
      if (length === 0) break
      rest.push(Buffer.from(block.subarray(0, length)))
    }
    return rest
  }
}

/** Reads a descriptor that does not block: the number of bytes, 0 where there are none. */
export function readNow(fd: number, into: Uint8Array): number {
  const { stackTraceLimit } = Error
  try {
    Error.stackTraceLimit = 0 // an empty pipe is the usual case, and its error takes most of its time for a stack
    return readSync(fd, into)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return 0
    throw error
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
