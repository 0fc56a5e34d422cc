/** The HTTP API: middleware in order, then one file of routes per resource. */
import { Hono } from 'hono'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { ExectrailError } from '../errors.ts'
import { requireKey } from './auth.ts'
import { limitBody } from './body-limits.ts'
import type { ApiContext, ApiEnv, AppDependencies } from './context.ts'
import { echoRequestId, endBodyOfHead, replyHeaders, restrictBrowsers } from './headers.ts'
import { checkHost } from './hosts.ts'
import { boundQuestions } from './questions.ts'
import { answerProblem, HttpProblem, METHOD_NOT_ALLOWED } from './problem.ts'
import { countRequests } from './request-counts.ts'
import { SIGN_IN_HEADERS, signInPage } from './sign-in-page.ts'
import { signIn, wantsPage } from './sign-in.ts'
import { observeStack } from '../service/stack-metrics.ts'
import { mcp } from '../mcp/http.ts'
import { agents } from './routes/agents.ts'
import { alerts } from './routes/alerts.ts'
import { audit } from './routes/audit.ts'
import { budgets } from './routes/budgets.ts'
import { openLinks } from './routes/content-links.ts'
import { costs } from './routes/costs.ts'
import { differences } from './routes/differences.ts'
import { errors } from './routes/errors.ts'
import { executions } from './routes/executions.ts'
import { health } from './routes/health.ts'
import { healthReports } from './routes/health-report.ts'
import { keys } from './routes/keys.ts'
import { liveEvents } from './routes/live.ts'
import { openapi } from './routes/openapi.ts'
import { pages, showDashboard } from './routes/pages.ts'
import { registry } from './routes/registry.ts'
import { runningExecutions } from './routes/running.ts'
import { runtimes } from './routes/runtimes.ts'
import { facets } from './routes/facets.ts'
import { service } from './routes/service.ts'
import { stats } from './routes/stats.ts'
import { sql } from './routes/sql.ts'
import { traces } from './routes/traces.ts'
import { workflowExecutions } from './routes/workflow-executions.ts'

/** Creates the app, once per executor. It holds nothing that has to be closed. */
export function createApp(dependencies: AppDependencies): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>()
  const respond = (error: unknown, c: ApiContext): Response => answerError(error, c, dependencies.log)

  app.onError(respond)
  app.notFound((c) => answerNotFound(c, dependencies, respond))
  app.use(endBodyOfHead, echoRequestId, restrictBrowsers, replyHeaders)
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

  app.route('/', pages(dependencies))
  app.route('/', health(dependencies))
  app.route('/v1', service(dependencies))
  app.route('/v1/executions', executions(dependencies))
  app.route('/v1/links', openLinks(dependencies))
  app.route('/v1/live', liveEvents(dependencies))
  app.route('/v1/health-report', healthReports(dependencies))
  app.route('/v1/running', runningExecutions(dependencies))
  routeStatistics(app, dependencies)
  app.route('/v1/agents', agents(dependencies))
  app.route('/v1/workflow-executions', workflowExecutions(dependencies))
  app.route('/v1/traces', traces(dependencies))
  app.route('/v1/runtimes', runtimes(dependencies))
  app.route('/v1/sql', sql(dependencies))
  app.route('/mcp', mcp(app, dependencies))
  app.route('/v1/keys', keys(dependencies))
  app.route('/v1/audit', audit(dependencies))
  app.route('/v1/registry', registry(dependencies))
  app.route('/', openapi(app, dependencies.version))
  observeStack(dependencies.executor.metrics, dependencies)
  return app
}

function routeStatistics(app: Hono<ApiEnv>, dependencies: AppDependencies): void {
  app.route('/v1/alerts', alerts(dependencies))
  app.route('/v1/budgets', budgets(dependencies))
  app.route('/v1/costs', costs(dependencies))
  app.route('/v1/differences', differences(dependencies))
  app.route('/v1/errors', errors(dependencies))
  app.route('/v1/facets', facets(dependencies))
  app.route('/v1/stats', stats(dependencies))
}

/** A browser without a key gets a form for one; other clients get a problem. */
function answerError(error: unknown, c: ApiContext, log: (line: string) => void): Response {
  const problem = answerProblem(error, c, log)
  if (problem.status !== 401 || !wantsPage(c)) return problem
  const attempt = c.req.path === '/' && c.req.query('key') !== undefined ? 'unknown' : 'none'
  return c.newResponse(signInPage(attempt), { status: 401, headers: SIGN_IN_HEADERS })
}

function answerNotFound(
  c: ApiContext,
  { dashboard }: AppDependencies,
  respond: (error: unknown, c: ApiContext) => Response,
): Response {
  if (dashboard !== null && wantsPage(c)) return showDashboard(c, dashboard, 404)
  return respond(notFound(c.req.path), c)
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
