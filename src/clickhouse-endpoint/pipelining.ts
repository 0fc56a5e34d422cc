/** Bounds the requests that one connection sends without waiting for their responses: each is held in memory. */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** Clients that pipeline at all send a few. */
const MAX_UNANSWERED = 16

/** Closes connections with more unanswered requests. To be called before other listeners of `request` are added. */
export function limitPipelining(server: Server): void {
  const unanswered = new WeakMap<Socket, number>()
  server.on('request', ({ socket }, response) => {
    const count = (unanswered.get(socket) ?? 0) + 1
    unanswered.set(socket, count)
    if (count > MAX_UNANSWERED) socket.destroy()
    response.once('close', () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1))
  })
}
