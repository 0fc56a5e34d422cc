/** A pool of connections whose failures are errors of exectrail. */
import type { PostgresPool, PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import { InvalidRequestError, MetadataError } from '../errors.ts'

/** Classes 08 (connection), 53 (resources) and 57P (shutdown) of SQLSTATE. */
const UNAVAILABLE = /^(?:08|53|57P)/u
/** `undefined_column`: the tables are older or newer than this program. */
const OTHER_TABLES = '42703'
/** A system call failed, such as ECONNREFUSED and ENOENT of a socket. */
const SYSTEM = /^E[A-Z]+$/u
/** `character_not_in_repertoire`: any text but NUL can be stored. */
const NOT_TEXT = '22021'
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
    if (codeOf(error) === NOT_TEXT)
      throw new InvalidRequestError([
        { path: '', message: 'no NUL characters: the metadata cannot hold them' },
      ])
    if (error instanceof Error && codeOf(error) === OTHER_TABLES) throw otherTables(error)
    throw isUnavailable(error) ? unavailable(error) : error
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function isUnavailable(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const code = codeOf(error)
  return UNAVAILABLE.test(code) || SYSTEM.test(code) || LOST.test(error.message)
}

function otherTables(cause: Error): MetadataError {
  return new MetadataError(
    `the tables of the metadata are of another version of exectrail: ${cause.message}`,
    {
      hint: 'A start of `exectrail up` brings older tables up to date; newer ones need this program to be upgraded.',
      cause,
    },
  )
}

function unavailable(cause: Error): MetadataError {
  return new MetadataError(`the metadata in Postgres cannot be reached: ${cause.message || cause.name}`, {
    hint: 'Try again in a moment. `exectrail doctor` shows the state; DATABASE_URL names a Postgres of yours.',
    retryAfterMs: 1_000,
    cause,
  })
}
