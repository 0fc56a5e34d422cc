/** The HTTP API: middleware in order, then one file of routes per resource. */
import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { ExectrailError } from '../errors.ts'
import { requireKey, signIn } from './auth.ts'
import type { ApiContext, ApiEnv, AppDependencies } from './context.ts'
import { echoRequestId, replyHeaders, restrictBrowsers } from './headers.ts'
import { checkHost } from './hosts.ts'
import { boundQuestions } from './questions.ts'
import { KEY_NEEDED_PAGE, PAGE_POLICY } from './html.ts'
import { answerProblem, bodyCutShort, BODY_TOO_LARGE, HttpProblem, METHOD_NOT_ALLOWED } from './problem.ts'
import { countRequests } from './request-counts.ts'
import { observeStack } from '../service/stack-metrics.ts'
import { mcp } from '../mcp/http.ts'
import { agents } from './routes/agents.ts'
import { audit } from './routes/audit.ts'
import { differences } from './routes/differences.ts'
import { errors } from './routes/errors.ts'
import { executions } from './routes/executions.ts'
import { health } from './routes/health.ts'
import { healthReports } from './routes/health-report.ts'
import { keys } from './routes/keys.ts'
import { liveEvents } from './routes/live.ts'
import { openapi } from './routes/openapi.ts'
import { pages } from './routes/pages.ts'
import { runningExecutions } from './routes/running.ts'
import { runtimes } from './routes/runtimes.ts'
import { facets } from './routes/facets.ts'
import { stats } from './routes/stats.ts'
import { sql } from './routes/sql.ts'
import { traces } from './routes/traces.ts'
import { workflowExecutions } from './routes/workflow-executions.ts'

/** Fits code, input and files at their own limits, with JSON's escapes. */
const BODY_MAX_BYTES = 64 * 1_048_576
/** Of every other request. */
const OTHER_BODY_MAX_BYTES = 1_048_576
const RUNS_CODE = /^\/(?:v1\/executions|mcp)(?:\/|$)/u
const BROWSER_PATHS: ReadonlySet<string> = new Set(['/', '/docs'])

/** Creates the app, once per executor. It holds nothing that has to be closed. */
export function createApp(dependencies: AppDependencies): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>()
  const respond = (error: unknown, c: ApiContext): Response => answerError(error, c, dependencies.log)

  app.onError(respond)
  app.notFound((c) => respond(notFound(c.req.path), c))
  app.use(echoRequestId, restrictBrowsers, replyHeaders)
  app.use(checkHost(dependencies.hostNames))
  app.use(countRequests(dependencies.executor.metrics.meter))
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) => respond(wrongMethod(c.req.method, methods), c),
    }),
  )
  app.use(signIn(dependencies.keys))
  app.use(requireKey(dependencies.keys))
  app.use(limitBody, boundQuestions)

  app.route('/', pages())
  app.route('/', health(dependencies))
  app.route('/v1/executions', executions(dependencies))
  app.route('/v1/differences', differences(dependencies))
  app.route('/v1/errors', errors(dependencies))
  app.route('/v1/facets', facets(dependencies))
  app.route('/v1/live', liveEvents(dependencies))
  app.route('/v1/health-report', healthReports(dependencies))
  app.route('/v1/running', runningExecutions(dependencies))
  app.route('/v1/stats', stats(dependencies))
  app.route('/v1/agents', agents(dependencies))
  app.route('/v1/workflow-executions', workflowExecutions(dependencies))
  app.route('/v1/traces', traces(dependencies))
  app.route('/v1/runtimes', runtimes(dependencies))
  app.route('/v1/sql', sql(dependencies))
  app.route('/mcp', mcp(app, dependencies))
  app.route('/v1/keys', keys(dependencies))
  app.route('/v1/audit', audit(dependencies))
  app.route('/', openapi(app, dependencies.version))
  observeStack(dependencies.executor.metrics, dependencies)
  return app
}

/** A browser without a key gets a page; other clients get a problem. */
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
  return new HttpProblem(METHOD_NOT_ALLOWED, `${method.slice(0, 20)} is not served here; use ${allow}`, {
    headers: { Allow: allow },
  })
}

const limitRun = bodyLimit({ maxSize: BODY_MAX_BYTES, onError: () => rejectLargeBody(RUN_BODY) })
const limitOther = bodyLimit({ maxSize: OTHER_BODY_MAX_BYTES, onError: () => rejectLargeBody(OTHER_BODY) })

/** Reads a body without Content-Length; a connection that closes before its end is a client error. */
const limitBody: MiddlewareHandler<ApiEnv> = async (c, next) => {
  try {
    return await (RUNS_CODE.test(c.req.path) ? limitRun : limitOther)(c, next)
  } catch (error) {
    throw error instanceof HttpProblem ? error : bodyCutShort()
  }
}

const RUN_BODY = {
  maxBytes: BODY_MAX_BYTES,
  hint: 'Send less: code up to 5 MB, input up to 10 MB, files up to 32 MB in all.',
}
const OTHER_BODY = { maxBytes: OTHER_BODY_MAX_BYTES, hint: 'Only requests that run code have larger bodies.' }

function rejectLargeBody({ maxBytes, hint }: typeof RUN_BODY): never {
  throw new HttpProblem(BODY_TOO_LARGE, `a body may have at most ${maxBytes} bytes`, { hint })
}
