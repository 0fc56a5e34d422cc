/** A store whose connections break. */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createStore } from '../../src/store/client.ts'
import { PASSWORD, startClickHouse, USER, type RunningClickHouse } from '../support/clickhouse.ts'

let clickhouse: RunningClickHouse
beforeAll(async () => {
  clickhouse = await startClickHouse()
})
afterAll(() => clickhouse.stop())

/** The way to the store, on which the first `losses` connections end with the request. */
async function lossyStore(losses: number) {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.on('error', () => undefined)
    if (connections <= losses) {
      socket.once('data', () => socket.resetAndDestroy())
      return
    }
    const onward = connect(Number(new URL(clickhouse.url).port), '127.0.0.1')
    onward.on('error', () => socket.destroy())
    socket.pipe(onward).pipe(socket)
    socket.on('close', () => onward.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const store = createStore({ url, user: USER, password: PASSWORD, database: 'exectrail' })
  return {
    store,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      await store.close()
      server.close()
    },
  }
}

describe('a question whose connection breaks', () => {
  it('is asked a second time', async () => {
    await using lossy = await lossyStore(1)
    expect(await lossy.store.query('SELECT 1 AS one')).toEqual([{ one: 1 }])
  })

  it('is not asked a third time', async () => {
    await using lossy = await lossyStore(9)
    await expect(lossy.store.query('SELECT 1')).rejects.toMatchObject({ code: 'store_unavailable' })
    expect(lossy.connections()).toBe(2)
  })
})
