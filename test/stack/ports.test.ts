import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { choosePorts, isLoopback } from '../../src/stack/ports.ts'

describe('choosing ports', () => {
  it('takes the wished ones when they are free', async () => {
    const free = await choosePorts([0, 0])
    expect(await choosePorts(free)).toEqual(free)
  })

  it('takes another where the wished one is in use, and never the same twice', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const taken = address !== null && typeof address === 'object' ? address.port : 0
    const chosen = await choosePorts([taken, 0, 0])
    server.close()
    expect(chosen).not.toContain(taken)
    expect(new Set(chosen).size).toBe(3)
  })
})

it('knows which addresses only this machine reaches', () => {
  expect(['127.0.0.1', '127.1.2.3', '::1', 'localhost'].map(isLoopback)).toEqual([true, true, true, true])
  expect(['0.0.0.0', '::', '10.0.0.1', '127.example.com'].map(isLoopback)).toEqual([
    false,
    false,
    false,
    false,
  ])
})
