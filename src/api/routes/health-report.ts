import { Hono } from 'hono'
import { checkReadiness } from '../../service/check-readiness.ts'
import { healthReport } from '../../service/health-report.ts'
import { resolveWindow } from '../../service/window.ts'
import { scopeOf } from '../auth.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { documentRoute } from '../document-route.ts'
import { scopeParameters, toFilter } from '../filter-parameters.ts'
import { healthReportSchema } from '../health-schema.ts'
import { query, time } from '../parameters.ts'

const DAY_MS = 86_400_000

const documented = documentRoute({
  id: 'getHealthReport',
  summary: 'A verdict on the last day against the week before, in words, with the figures behind it',
  tag: 'statistics',
  reply: healthReportSchema,
  description: 'The report',
})

const parameters = {
  ...scopeParameters,
  from: time.optional().describe('Begin of the window, included. Default: a day before `to`'),
}

/** `/v1/health-report` */
export function healthReports(dependencies: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get('/', documented, query(parameters), async (c) => {
    const given = c.req.valid('query')
    const now = Date.now()
    const end = Math.min(given.to === undefined ? now : Date.parse(given.to), now)
    const { from = new Date(end - DAY_MS).toISOString(), to } = given
    const scope = scopeOf(c, given.organization)
    const pipeline = await checkReadiness(dependencies)
    return c.json(
      await healthReport(
        { store: dependencies.store, metadata: dependencies.metadata, scope },
        { window: resolveWindow({ from, to }, now), filter: toFilter(given), pipeline },
      ),
    )
  })
}
