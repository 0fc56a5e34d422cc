import type { Server } from 'node:http'

/**
 * Returns a function that stops accepting connections, waits up to `graceMs` for open requests, and closes every
 * connection. Node does not count a connection without a request as idle and would wait a minute for it.
 */
export function gracefulShutdown(server: Server): (graceMs: number) => Promise<void> {
  let openRequests = 0
  let ended: (() => void) | undefined
  server.on('request', (_, response) => {
    openRequests += 1
    response.once('close', () => {
      openRequests -= 1
      if (openRequests === 0) ended?.()
    })
  })
  return async (graceMs) => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    await new Promise<void>((resolve) => {
      ended = resolve
      if (openRequests === 0) resolve()
      setTimeout(resolve, graceMs).unref()
    })
    server.closeAllConnections()
    await closed
  }
}
