import { spawn } from 'node:child_process'
import { createServer, connect } from 'node:net'
import { once } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { ReservedPort } from '../../src/stack/reserved-port.ts'
import { waitFor } from '../support/wait.ts'

function hold(port: number, holdMs?: number): ReservedPort {
  const listener = new ReservedPort(port, '127.0.0.1', holdMs)
  onTestFinished(() => listener.close())
  return listener
}

/** What a caller meets: served, waiting, or the error. */
async function call(port: number, patienceMs = 200): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  try {
    const late = new Promise<string>((resolve) => setTimeout(resolve, patienceMs, 'waits'))
    const refused = once(socket, 'connect').then(
      () => late,
      (error: NodeJS.ErrnoException) => String(error.code),
    )
    return await Promise.race([once(socket, 'data').then(String, () => refused), refused])
  } finally {
    socket.destroy()
  }
}

/** Stands for the part: it listens on the socket that it inherits. */
async function serveOn(fd: number): Promise<void> {
  const program =
    "require('net').createServer((socket) => socket.end('served')).listen({ fd: 3 }, () => console.log('up'))"
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit', fd] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const { stdout } = child
  if (stdout === null) throw new Error('it has no stdout')
  await once(stdout, 'data')
}

it('refuses callers until the part listens', async () => {
  const listener = hold(0)
  expect(listener.port).toBeGreaterThan(0)
  expect(await call(listener.port)).toBe('ECONNREFUSED')
  await serveOn(listener.fd)
  expect(await call(listener.port)).toBe('served')
})

it('says which port is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  expect(() => hold(port)).toThrow(new RegExp(`port ${port} of 127.0.0.1 cannot be bound: EADDRINUSE`, 'u'))
})

it('is free for others once it is closed', async () => {
  const listener = hold(0)
  listener.close()
  const server = createServer().listen(listener.port, '127.0.0.1')
  await once(server, 'listening')
  expect(server.listening).toBe(true)
  server.close()
})

it('is let go when the part does not come back in time, and bound again when it does', async () => {
  const listener = hold(0, 50)
  const { fd, port } = listener
  expect(fd).toBeGreaterThan(0)
  listener.onExit()
  listener.onServing()
  listener.onExit()
  await waitFor(
    async () => {
      const other = createServer()
      const bound = once(other.listen(port, '127.0.0.1'), 'listening').then(
        () => true,
        () => false,
      )
      return (await bound) ? (other.close(), true) : false
    },
    { what: 'the port to be free' },
  )
  await serveOn(listener.fd)
  expect(await call(port)).toBe('served')
})
