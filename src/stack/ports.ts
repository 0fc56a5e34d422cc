/** Ports on loopback: the wanted ones where free, else free ones. */
import { createServer, type Server } from 'node:net'

/**
 * Chooses one port per wish, all different: the wished one when it is free, else one the system gives;
 * 0 wishes for any. Nothing is held afterwards, so bind soon.
 * @throws the system's error when not even a free port can be bound on `host`.
 */
export async function choosePorts(wishes: readonly number[], host = '127.0.0.1'): Promise<number[]> {
  const held: Server[] = []
  try {
    for (const wish of wishes) held.push(await hold(wish, host))
    return held.map(portOf)
  } finally {
    await Promise.all(held.map((server) => new Promise((done) => server.close(done))))
  }
}

async function hold(wish: number, host: string): Promise<Server> {
  if (wish !== 0) {
    const server = await listen(wish, host).catch(() => null)
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

/** True for addresses only this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/u.test(host)
}
