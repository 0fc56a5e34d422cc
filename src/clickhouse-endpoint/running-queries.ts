/** Running statements: a client that disconnects cancels its own, and KILL QUERY finds them by user and query_id. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { RefusedStatement } from './refusal.ts'

export interface RunningQuery {
  user: string
  queryId: string
  sql: string
  /** A writing statement continues when its client disconnects, so that it completes. */
  onDisconnect: 'cancel' | 'finish'
}

export interface RunningQueries {
  /**
   * Runs `use` with a signal that aborts when the statement is cancelled.
   * @throws {RefusedStatement} code 216 while the user has a statement of the same query_id
   */
  track<T>(
    statement: RunningQuery,
    exchange: { request: IncomingMessage; response: ServerResponse },
    use: (signal: AbortSignal) => Promise<T>,
  ): Promise<T>
  /** Cancels a user's statements of this query_id. `ended` resolves when they have ended. */
  kill(user: string, queryId: string): { texts: string[]; ended: Promise<void> }
}

interface Entry extends RunningQuery {
  cancel: () => void
  ended: Promise<void>
  /** Its answer was handed over whole: the client may send the next statement before this one is forgotten. */
  isAnswered: () => boolean
}

export function trackRunningQueries(): RunningQueries {
  const entries = new Set<Entry>()
  return {
    async track(statement, { request, response }, use) {
      refuseTwin(entries, statement)
      const controller = new AbortController()
      const cancel = (): void => controller.abort()
      const { promise: ended, resolve } = Promise.withResolvers<void>()
      const entry = { ...statement, cancel, ended, isAnswered: () => response.writableEnded }
      const unwatch =
        statement.onDisconnect === 'cancel' ? watchDisconnect(request, response, cancel) : () => undefined
      entries.add(entry)
      try {
        return await use(controller.signal)
      } finally {
        entries.delete(entry)
        unwatch()
        resolve()
      }
    },
    kill(user, queryId) {
      const found = [...entries].filter((entry) => entry.user === user && entry.queryId === queryId)
      for (const { cancel } of found) cancel()
      return {
        texts: found.map(({ sql }) => sql),
        ended: Promise.all(found.map((entry) => entry.ended)).then(() => undefined),
      }
    },
  }
}

/** As ClickHouse: KILL QUERY could not distinguish the two. */
function refuseTwin(entries: ReadonlySet<Entry>, { queryId, user }: RunningQuery): void {
  const isTaken = [...entries].some(
    (entry) => entry.user === user && entry.queryId === queryId && !entry.isAnswered(),
  )
  if (isTaken) throw new RefusedStatement(216, `Query with id = ${queryId} is already running`)
}

/** Calls `disconnected` when the client closes the connection. Returns a function that stops watching. */
function watchDisconnect(
  request: IncomingMessage,
  response: ServerResponse,
  disconnected: () => void,
): () => void {
  const { socket } = request
  const gone = (): void => {
    if (!response.writableFinished) disconnected()
  }
  if (socket.destroyed || socket.readableEnded) gone()
  // A client that closes sends FIN; Node closes the other side only when it writes.
  socket.on('end', gone).on('close', gone)
  return () => void socket.off('end', gone).off('close', gone)
}
