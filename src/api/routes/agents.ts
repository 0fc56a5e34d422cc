import { Hono } from 'hono'
import { z } from 'zod'
import { agentStats } from '../../service/agent-stats.ts'
import { resolveWindow } from '../../service/window.ts'
import { compareVersions } from '../../service/compare-versions.ts'
import { versionComparisonSchema } from '../comparison-schema.ts'
import { scopeOf } from '../auth.ts'
import { documentRoute } from '../document-route.ts'
import type { ApiEnv, AppDependencies } from '../context.ts'
import { window } from '../filter-parameters.ts'
import { listPage, listParameters } from '../list-parameters.ts'
import { compare, organization, pathId, query } from '../parameters.ts'
import { pageSchema } from '../record-schema.ts'
import { agentStatsSchema } from '../stats-schema.ts'

const { codeAgentId: _fixed, ...logParameters } = listParameters

const logs = documentRoute({
  id: 'getAgentLogs',
  summary: 'Executions of an agent, newest first',
  tag: 'agents',
  reply: pageSchema,
  description: 'One page',
})

const stats = documentRoute({
  id: 'getAgentStats',
  summary: 'Statistics of an agent',
  tag: 'agents',
  reply: agentStatsSchema,
  description: 'The stats; rates are 0–1, and null where nothing was counted',
})

const versions = documentRoute({
  id: 'compareVersions',
  summary: 'Two versions of an agent, with confidence intervals',
  tag: 'agents',
  reply: versionComparisonSchema,
  description: 'Figures of both, and how b differs from a',
})

const version = z.string('name a version').min(1, 'name a version').max(256, 'at most 256 characters')
const versionParameters = {
  organization,
  ...window,
  a: version.describe('The version to compare with'),
  b: version.describe('The version that is compared'),
}

/** `/v1/agents` */
export function agents(dependencies: AppDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>()
    .get('/:id/logs', logs, query(logParameters), async (c) => {
      const fixed = [{ field: 'codeAgentId', operator: '=', values: [pathId(c)] } as const]
      return c.json(await listPage(c, dependencies, { ...c.req.valid('query'), fixed }))
    })
    .get('/:id/versions/compare', versions, query(versionParameters), async (c) => {
      const { a, b, ...given } = c.req.valid('query')
      const scope = scopeOf(c, given.organization)
      const searched = resolveWindow(given, Date.now())
      return c.json(
        await compareVersions(
          { store: dependencies.store, scope },
          { agentId: pathId(c), window: searched, a, b },
        ),
      )
    })
    .get('/:id/stats', stats, query({ organization, ...window, compare }), async (c) => {
      const given = c.req.valid('query')
      const scope = scopeOf(c, given.organization)
      const searched = resolveWindow(given, Date.now())
      return c.json(
        await agentStats(
          { store: dependencies.store, scope },
          { agentId: pathId(c), window: searched, compare: given.compare },
        ),
      )
    })
}
