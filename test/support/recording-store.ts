/** A store that answers nothing and keeps what it was asked. */
import { Readable } from 'node:stream'
import type { Parameters, Store } from '../../src/store/client.ts'

interface Asked {
  sql: string
  parameters: Parameters
}

/** A store that keeps what it is asked and has no rows but those of `answer`. */
export function recordingStore(answer: (sql: string) => readonly object[] = () => []): {
  store: Store
  asked: Asked[]
} {
  const asked: Asked[] = []
  const never = (): never => {
    throw new Error('a query asked for what is neither rows nor a command')
  }
  const store: Store = {
    url: '',
    database: '',
    cluster: null,
    query(sql, parameters = {}) {
      asked.push({ sql, parameters })
      return Promise.resolve([...answer(sql)] as never[])
    },
    queryReadOnly: never,
    stream(sql, { parameters }) {
      asked.push({ sql, parameters })
      return Promise.resolve(Readable.from([]))
    },
    command(sql, parameters = {}) {
      asked.push({ sql, parameters })
      return Promise.resolve()
    },
    insert: never,
    createDatabase: never,
    ping: never,
    pendingMigrations: never,
    close: () => Promise.resolve(),
  }
  return { store, asked }
}
