/** The statements of clients that run now: who left cancels, and KILL QUERY finds them by user and query_id. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { RefusedStatement } from './refusal.ts'

export interface RunningStatement {
  user: string
  queryId: string | null
  sql: string
  /** A statement that writes goes on when its client leaves: what it began is to be whole. */
  onLeave: 'cancel' | 'finish'
}

export interface Running {
  /**
   * Runs it with a signal that aborts when it is to end.
   * @throws {RefusedStatement} code 216 while the user has a statement of the same query_id
   */
  during<T>(
    statement: RunningStatement,
    exchange: { request: IncomingMessage; response: ServerResponse },
    use: (signal: AbortSignal) => Promise<T>,
  ): Promise<T>
  /** Cancels a user's statements of this query_id. `ended` resolves when they have ended. */
  kill(user: string, queryId: string): { texts: string[]; ended: Promise<void> }
}

interface Entry extends RunningStatement {
  cancel: () => void
  ended: Promise<void>
}

export function watchRunning(): Running {
  const entries = new Set<Entry>()
  return {
    async during(statement, { request, response }, use) {
      refuseTwin(entries, statement)
      const controller = new AbortController()
      const cancel = (): void => controller.abort()
      const { promise: ended, resolve } = Promise.withResolvers<void>()
      const entry = { ...statement, cancel, ended }
      const leaving = statement.onLeave === 'cancel' ? onLeave(request, response, cancel) : () => undefined
      entries.add(entry)
      try {
        return await use(controller.signal)
      } finally {
        entries.delete(entry)
        leaving()
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

/** As ClickHouse: KILL QUERY could not tell the two apart. */
function refuseTwin(entries: ReadonlySet<Entry>, { queryId, user }: RunningStatement): void {
  const isTaken = [...entries].some((entry) => entry.user === user && entry.queryId === queryId)
  if (queryId !== null && queryId !== '' && isTaken)
    throw new RefusedStatement(216, `Query with id = ${queryId} is already running`)
}

/** Calls back when the client is gone; the returned function ends the watch. */
function onLeave(request: IncomingMessage, response: ServerResponse, left: () => void): () => void {
  const { socket } = request
  const gone = (): void => {
    if (!response.writableFinished) left()
  }
  if (socket.destroyed || socket.readableEnded) gone()
  // A client that closes sends FIN; Node closes our side only when we write.
  socket.on('end', gone).on('close', gone)
  return () => void socket.off('end', gone).off('close', gone)
}
