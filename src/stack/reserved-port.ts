/** A port reserved for a process that may restart: meanwhile new connections wait for a while instead of being refused. */
import * as net from 'node:net'
import { getSystemErrorName } from 'node:util'
import { z } from 'zod'
import { ExectrailError } from '../errors.ts'

/** ms that connections wait for a restart. After that they are refused, so that callers do not hang. */
const HOLD_MS = 10_000

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
 * This process only binds the port. The child listens on the inherited descriptor. Because the socket stays open here, a
 * connection that arrives after the child's exit stays in the kernel's queue for the next child.
 */
export class ReservedPort {
  readonly port: number
  readonly #host: string
  readonly #holdMs: number
  #bound: Bound | null
  #closeTimer: NodeJS.Timeout | undefined

  /** Binds `port` of `host` (IPv4; 0 for any). @throws {ExectrailError} `stack_failed` when it is taken */
  constructor(port: number, host: string, holdMs = HOLD_MS) {
    this.#bound = bind(port, host)
    this.port = this.#bound.port
    this.#host = host
    this.#holdMs = holdMs
  }

  /** Descriptor in this process. Binds the socket again if it was closed. */
  get fd(): number {
    this.#bound ??= bind(this.port, this.#host)
    return this.#bound.fd
  }

  /** The child is listening. */
  onServing(): void {
    clearTimeout(this.#closeTimer)
  }

  /** The child has exited. Closes the socket unless the child is back in time. */
  onExit(): void {
    clearTimeout(this.#closeTimer)
    this.#closeTimer = setTimeout(() => this.#closeSocket(), this.#holdMs)
    this.#closeTimer.unref()
  }

  close(): void {
    clearTimeout(this.#closeTimer)
    this.#closeSocket()
  }

  #closeSocket(): void {
    this.#bound?.close()
    this.#bound = null
  }
}

function bind(port: number, host: string): Bound {
  // node:net has no public API to bind without listening; its cluster module uses this function.
  const create: unknown = Reflect.get(net, '_createServerHandle')
  if (typeof create !== 'function') throw new Error('this Node cannot bind a port without listening on it')
  const made: unknown = Reflect.apply(create, net, [host, port, 4])
  if (typeof made === 'number')
    throw new Error(`port ${port} of ${host} cannot be bound: ${getSystemErrorName(made)}`)
  const { fd, getsockname, close } = handleSchema.parse(made)
  const name: { port?: number } = {}
  // Only this call reports that the port is taken.
  const failure = Reflect.apply(getsockname, made, [name])
  if (failure === 0) return { fd, port: name.port ?? port, close: () => Reflect.apply(close, made, []) }
  Reflect.apply(close, made, [])
  throw cannotBind(port, host, failure)
}

function cannotBind(port: number, host: string, failure: number): ExectrailError {
  const reason = `port ${port} of ${host} cannot be bound: ${getSystemErrorName(failure)}`
  return new ExectrailError('stack_failed', reason, {
    hint: 'stop the program that has it or set EXECTRAIL_PORT=0',
  })
}
