/** A pool of connections whose failures are errors of exectrail. */
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import { MetadataError } from '../errors.ts'

/** Classes 08 (connection), 53 (resources) and 57P (shutdown) of SQLSTATE. */
const UNAVAILABLE = /^(?:08|53|57P)/u
/** A system call failed, such as ECONNREFUSED and ENOENT of a socket. */
const SYSTEM = /^E[A-Z]+$/u
const LOST =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/u

/** What Kysely needs of a pool. */
export function openPool(pool: pg.Pool): PostgresPool {
  // A connection may break while it is idle; the next statement takes another.
  pool.on('error', () => undefined)
  return {
    options: {},
    connect: async () => guardClient(await explained(pool.connect())),
    end: () => pool.end(),
  }
}

function guardClient(client: pg.PoolClient): PostgresPoolClient {
  let broken = false
  const onError = (): void => {
    broken = true
  }
  client.on('error', onError)
  const query = (text: never, values: never): Promise<unknown> => explained(client.query(text, values))
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Kysely only calls it with text and values
    query: query as PostgresPoolClient['query'],
    release() {
      client.off('error', onError)
      client.release(broken)
    },
  }
}

async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw isUnavailable(error) ? unavailable(error) : error
  }
}

function isUnavailable(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return UNAVAILABLE.test(code) || SYSTEM.test(code) || LOST.test(error.message)
}

function unavailable(cause: Error): MetadataError {
  return new MetadataError(`the metadata in Postgres cannot be reached: ${cause.message || cause.name}`, {
    hint: 'Try again in a moment. `exectrail doctor` shows the state; DATABASE_URL names a Postgres of yours.',
    retryAfterMs: 1_000,
    cause,
  })
}
