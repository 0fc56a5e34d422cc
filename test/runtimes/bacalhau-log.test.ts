/** How the log of a job is collected from a node that closes it before it is written. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { LogFollower } from '../../src/runtimes/bacalhau/log-follower.ts'

const TEXT = 0x81
const CLOSED_WELL = Buffer.from([0x88, 2, 0x03, 0xe8])

/** Speaks as much of RFC 6455 as a log needs: connection after connection gives the next list of lines, and ends. */
async function serveLogs(logs: readonly (readonly string[])[]) {
  let connections = 0
  const server = createServer().on('upgrade', (request, socket) => {
    const key = `${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    const accept = createHash('sha1').update(key).digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    for (const line of logs[Math.min(connections, logs.length - 1)] ?? []) {
      const body = Buffer.from(JSON.stringify({ value: { Type: 1, Line: line } }))
      socket.write(Buffer.concat([Buffer.from([TEXT, body.length]), body]))
    }
    connections += 1
    socket.on('error', () => undefined).on('end', () => socket.destroy())
    socket.resume().end(CLOSED_WELL)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    connections: () => connections,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}

function follow(url: string, last: string) {
  const heard: string[] = []
  const follower = new LogFollower({
    url,
    jobId: 'j-1',
    onText: (_stream, text) => {
      heard.push(text)
      return Promise.resolve()
    },
    isDone: () => heard.includes(last),
    onBreak: () => undefined,
  })
  return { follower, heard }
}

it('is asked for again while it grows, each line taken once', async () => {
  await using node = await serveLogs([['a'], ['a', 'b'], ['a', 'b', 'c']])
  const { follower, heard } = follow(node.url, 'c')
  await follower.collect('e-1')
  expect(heard).toEqual(['a', 'b', 'c'])
})

it('counts as complete when it says nothing new', async () => {
  await using node = await serveLogs([['a'], ['a', 'b']])
  const { follower, heard } = follow(node.url, 'never')
  await follower.collect('e-1')
  expect([heard, node.connections()]).toEqual([['a', 'b'], 3])
})

it('is asked for with patience where the last words have to come', async () => {
  await using node = await serveLogs([['a'], ['a'], ['a'], ['a', 'last']])
  const { follower, heard } = follow(node.url, 'last')
  await follower.collect('e-1', 10_000)
  expect(heard).toEqual(['a', 'last'])
})
