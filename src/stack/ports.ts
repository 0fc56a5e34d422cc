/** Ports on loopback: the preferred ones, or free ones where they are taken. */
import { createServer, type Server } from 'node:net'

/**
 * Chooses different ports: each preferred one when it is free, otherwise a free one; 0 means any. The ports are not
 * reserved, so bind them soon.
 * @throws the system's error when no port can be bound on `host`.
 */
export async function choosePorts(preferred: readonly number[], host = '127.0.0.1'): Promise<number[]> {
  const held: Server[] = []
  try {
    for (const port of preferred) held.push(await hold(port, host))
    return held.map(portOf)
  } finally {
    await Promise.all(held.map((server) => new Promise((done) => server.close(done))))
  }
}

async function hold(port: number, host: string): Promise<Server> {
  if (port !== 0) {
    const server = await listen(port, host).catch(() => null)
    if (server !== null) return server
  }
  return listen(0, host)
}

function listen(port: number, host: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen({ port, host, exclusive: true }, () => resolve(server))
  })
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  return address.port
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/u.test(host)
}
