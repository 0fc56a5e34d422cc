/** A port held for a part that may end and begin anew: those who call meanwhile wait instead of being refused. */
import * as net from 'node:net'
import { z } from 'zod'

export interface Listener {
  /** Descriptor of the bound socket in this process, to be handed to the part, which listens on it. */
  readonly fd: number
  readonly port: number
  close(): void
}

const handleSchema = z.object({
  fd: z.number().int().nonnegative(),
  getsockname: z.custom<(name: { port?: number }) => number>((value) => typeof value === 'function'),
  close: z.custom<() => void>((value) => typeof value === 'function'),
})

/**
 * Binds `port` of `host` (IPv4; 0 for any). This process never listens nor accepts: a connection made while the part
 * is down stays in the kernel's queue for the next one, since the socket itself lives as long as this descriptor.
 * @throws {Error} with the system's code where the port is taken
 */
export function bindListener(port: number, host: string): Listener {
  // node:net has no public way to bind without accepting; its cluster module does it by this function.
  const create: unknown = Reflect.get(net, '_createServerHandle')
  if (typeof create !== 'function') throw new Error('this Node cannot bind a port without listening on it')
  const made: unknown = Reflect.apply(create, net, [host, port, 4])
  if (typeof made === 'number') throw new Error(`port ${port} of ${host} is taken: EADDRINUSE (${made})`)
  const parsed = handleSchema.parse(made)
  const name: { port?: number } = {}
  Reflect.apply(parsed.getsockname, made, [name])
  return { fd: parsed.fd, port: name.port ?? port, close: () => Reflect.apply(parsed.close, made, []) }
}
