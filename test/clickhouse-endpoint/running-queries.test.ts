/** What counts as running. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { messageOf } from '../../src/errors.ts'
import { trackRunningQueries } from '../../src/clickhouse-endpoint/running-queries.ts'

it('takes an id again as soon as the answer to its statement is handed over', async () => {
  const queries = trackRunningQueries()
  const forgotten = Promise.withResolvers<void>()
  const statement = { user: 'me', queryId: 'mine', sql: 'SELECT 1', onDisconnect: 'cancel' } as const
  const server = createServer((request, response) => {
    const tracked = queries.track(statement, { request, response }, async () => {
      response.end('1')
      await forgotten.promise
    })
    tracked.catch((error: unknown) => response.end(messageOf(error)))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const ask = async (): Promise<string> => (await fetch(`http://127.0.0.1:${port}`)).text()
  expect([await ask(), await ask()]).toEqual(['1', '1'])
  forgotten.resolve()
  server.close()
  server.closeAllConnections()
})
