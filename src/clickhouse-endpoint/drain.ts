import type { Server } from 'node:http'

/**
 * Makes a server end well: the returned function takes no more connections, lets answers under way end for
 * at most `graceMs`, and closes every connection. A connection that never asked anything is not idle to Node
 * and would hold the end up for a minute.
 */
export function drainable(server: Server): (graceMs: number) => Promise<void> {
  let underWay = 0
  let ended: (() => void) | undefined
  server.on('request', (_, response) => {
    underWay += 1
    response.once('close', () => {
      underWay -= 1
      if (underWay === 0) ended?.()
    })
  })
  return async (graceMs) => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    await new Promise<void>((resolve) => {
      ended = resolve
      if (underWay === 0) resolve()
      setTimeout(resolve, graceMs).unref()
    })
    server.closeAllConnections()
    await closed
  }
}
