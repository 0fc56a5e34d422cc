/** A store that answers nothing and keeps what it was asked. */
import { Readable } from 'node:stream'
import type { Parameters, Store } from '../../src/store/client.ts'

interface Asked {
  sql: string
  parameters: Parameters
}

/** A store that keeps what it is asked and has no rows. */
export function recordingStore(): { store: Store; asked: Asked[] } {
  const asked: Asked[] = []
  const never = (): never => {
    throw new Error('a query asked for more than rows')
  }
  const store: Store = {
    url: '',
    database: '',
    query(sql, parameters = {}) {
      asked.push({ sql, parameters })
      return Promise.resolve([])
    },
    queryReadOnly: never,
    stream(sql, { parameters }) {
      asked.push({ sql, parameters })
      return Promise.resolve(Readable.from([]))
    },
    command: never,
    createDatabase: never,
    ping: never,
    pendingMigrations: never,
    close: () => Promise.resolve(),
  }
  return { store, asked }
}
