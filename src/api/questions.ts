/** Requests that are questions to the store: their statements have limits and end when the client goes. */
import type { MiddlewareHandler } from 'hono'
import { askingQuestion } from '../store/question.ts'
import type { ApiEnv } from './context.ts'

/** These stream for long, share their reader of the store with others, or run code. */
const STREAMS = /^\/v1\/(?:live|executions\/(?:export|[^/]+\/output))$/u

export const boundQuestions: MiddlewareHandler<ApiEnv> = (c, next) => {
  const isQuestion = c.req.method === 'GET' && c.req.path.startsWith('/v1/') && !STREAMS.test(c.req.path)
  return isQuestion ? askingQuestion(() => c.req.raw.signal, next) : next()
}
