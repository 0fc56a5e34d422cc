/** The HTTP surface: middleware in order, then one route file per resource. */
import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { ExectrailError } from '../errors.ts'
import { requireKey, signIn } from './auth.ts'
import type { ApiContext, ApiEnv, AppParts } from './environment.ts'
import { echoRequestId, replyHeaders, restrictBrowsers } from './headers.ts'
import { KEY_NEEDED_PAGE, PAGE_POLICY } from './html.ts'
import { answerProblem, bodyCutShort, BODY_TOO_LARGE, HttpProblem, METHOD_NOT_ALLOWED } from './problem.ts'
import { countRequests } from './request-counts.ts'
import { observeStack } from '../service/stack-metrics.ts'
import { agents } from './routes/agents.ts'
import { executions } from './routes/executions.ts'
import { health } from './routes/health.ts'
import { openapi } from './routes/openapi.ts'
import { pages } from './routes/pages.ts'
import { runtimes } from './routes/runtimes.ts'
import { sql } from './routes/sql.ts'
import { workflowExecutions } from './routes/workflow-executions.ts'

/** Code, input and files at their own caps fit, with room for JSON's escapes. */
const BODY_MAX_BYTES = 64 * 1_048_576
const BROWSER_PATHS: ReadonlySet<string> = new Set(['/', '/docs'])

/** Builds the app over parts that already run, once an executor. It holds nothing that needs closing. */
export function createApp(parts: AppParts): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>()
  const refuse = (error: unknown, c: ApiContext): Response => answerError(error, c, parts.log)

  app.onError(refuse)
  app.notFound((c) => refuse(notFound(c.req.path), c))
  app.use(echoRequestId, restrictBrowsers, replyHeaders)
  app.use(countRequests(parts.executor.metrics.meter))
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => refuse(wrongMethod(c.req.method, methods), c),
    }),
  )
  app.use(signIn(parts.keys))
  app.use(requireKey(parts.keys))
  app.use(limitBody)

  app.route('/', pages())
  app.route('/', health(parts))
  app.route('/v1/executions', executions(parts))
  app.route('/v1/agents', agents(parts))
  app.route('/v1/workflow-executions', workflowExecutions(parts))
  app.route('/v1/runtimes', runtimes(parts))
  app.route('/v1/sql', sql(parts))
  app.route('/', openapi(app, parts.version))
  observeStack(parts.executor.metrics, parts)
  return app
}

/** A browser that opens a page without a key reads a page; everyone else a problem. */
function answerError(error: unknown, c: ApiContext, log: (line: string) => void): Response {
  const problem = answerProblem(error, c, log)
  const wantsPage = BROWSER_PATHS.has(c.req.path) && (c.req.header('Accept') ?? '').includes('text/html')
  if (problem.status !== 401 || !wantsPage) return problem
  const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': PAGE_POLICY }
  return c.newResponse(KEY_NEEDED_PAGE, { status: 401, headers })
}

function notFound(path: string): ExectrailError {
  const shown = path.length > 200 ? `${path.slice(0, 200)}…` : path
  return new ExectrailError('not_found', `there is nothing at ${JSON.stringify(shown)}`, {
    hint: 'GET /openapi.json lists every route.',
  })
}

function wrongMethod(method: string, allowed: readonly string[]): HttpProblem {
  const allow = allowed.join(', ')
  return new HttpProblem(METHOD_NOT_ALLOWED, `${method.slice(0, 20)} is not served here; ${allow} is`, {
    headers: { Allow: allow },
  })
}

const limitBytes = bodyLimit({ maxSize: BODY_MAX_BYTES, onError: () => refuseLargeBody() })

/** A body without a length is read here, and a caller that hangs up amid it is no fault of ours. */
const limitBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  try {
    return await limitBytes(c, next)
  } catch (error) {
    throw error instanceof HttpProblem ? error : bodyCutShort()
  }
}

function refuseLargeBody(): never {
  throw new HttpProblem(BODY_TOO_LARGE, `a body may have ${BODY_MAX_BYTES} bytes`, {
    hint: 'Send less: code up to 5 MB, input up to 10 MB, files up to 32 MB in all.',
  })
}
