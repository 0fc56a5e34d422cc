/** A port held for a part that may end and begin anew: who calls meanwhile waits a while instead of being refused. */
import * as net from 'node:net'
import { getSystemErrorName } from 'node:util'
import { z } from 'zod'
import { ExectrailError } from '../errors.ts'

/** How long callers wait for a part that ended; then they are refused, so that nothing hangs on a part that is broken. */
const HOLD_MS = 3_000

const handleSchema = z.object({
  fd: z.number().int().nonnegative(),
  getsockname: z.custom<(name: { port?: number }) => number>((value) => typeof value === 'function'),
  close: z.custom<() => void>((value) => typeof value === 'function'),
})

interface Bound {
  fd: number
  port: number
  close(): void
}

/**
 * This process binds the port and never listens nor accepts: the part listens on the descriptor that it inherits, and a
 * connection made after its end stays in the kernel's queue for the next one, since the socket lives on here.
 */
export class Listener {
  readonly port: number
  readonly #host: string
  readonly #holdMs: number
  #bound: Bound | null
  #late: NodeJS.Timeout | undefined

  /** Binds `port` of `host` (IPv4; 0 for any). @throws {ExectrailError} `stack_failed` where it is taken */
  constructor(port: number, host: string, holdMs = HOLD_MS) {
    this.#bound = bind(port, host)
    this.port = this.#bound.port
    this.#host = host
    this.#holdMs = holdMs
  }

  /** Descriptor in this process, of a socket that is bound once more where it had been let go. */
  get fd(): number {
    this.#bound ??= bind(this.port, this.#host)
    return this.#bound.fd
  }

  /** The part serves. */
  keep(): void {
    clearTimeout(this.#late)
  }

  /** The part has ended; those who wait are refused unless it is back in time. */
  hold(): void {
    clearTimeout(this.#late)
    this.#late = setTimeout(() => this.#letGo(), this.#holdMs)
    this.#late.unref()
  }

  close(): void {
    clearTimeout(this.#late)
    this.#letGo()
  }

  #letGo(): void {
    this.#bound?.close()
    this.#bound = null
  }
}

function bind(port: number, host: string): Bound {
  // node:net has no public way to bind without accepting; its cluster module does it by this function.
  const create: unknown = Reflect.get(net, '_createServerHandle')
  if (typeof create !== 'function') throw new Error('this Node cannot bind a port without listening on it')
  const made: unknown = Reflect.apply(create, net, [host, port, 4])
  if (typeof made === 'number')
    throw new Error(`port ${port} of ${host} cannot be bound: ${getSystemErrorName(made)}`)
  const { fd, getsockname, close } = handleSchema.parse(made)
  const name: { port?: number } = {}
  // That the port is taken is told here and not before.
  const failure = Reflect.apply(getsockname, made, [name])
  if (failure === 0) return { fd, port: name.port ?? port, close: () => Reflect.apply(close, made, []) }
  Reflect.apply(close, made, [])
  throw unbindable(port, host, failure)
}

function unbindable(port: number, host: string, failure: number): ExectrailError {
  const reason = `port ${port} of ${host} cannot be bound: ${getSystemErrorName(failure)}`
  return new ExectrailError('stack_failed', reason, {
    hint: 'stop the program that has it or set EXECTRAIL_PORT=0',
  })
}
