/** Pages for people: the dashboard and the API reference. */
import { randomBytes } from 'node:crypto'
import { Hono } from 'hono'
import type { ApiContext, ApiEnv, AppDependencies } from '../context.ts'
import { dashboardPolicy, type DashboardFile, type DashboardFiles } from '../dashboard-files.ts'
import { DOCS_PAGE, DOCS_POLICY, LANDING_PAGE, PAGE_POLICY } from '../html.ts'
import { loadReferenceScript } from '../reference-script.ts'

/** Names change with the content. */
const FOR_EVER = 'private, max-age=31536000, immutable'
const A_DAY = 'private, max-age=86400'

/** `/docs` with its script, and the dashboard at every other path that a browser opens. */
export function pages({ dashboard }: Pick<AppDependencies, 'dashboard'>): Hono<ApiEnv> {
  let script: Promise<string> | null = null
  const app = new Hono<ApiEnv>()
    .get('/docs', (c) => c.html(DOCS_PAGE, 200, { 'Content-Security-Policy': DOCS_POLICY }))
    .get('/docs/scalar.js', async (c) => {
      script ??= loadReferenceScript()
      return c.body(await script, 200, {
        'Content-Type': 'text/javascript; charset=utf-8',
        'Cache-Control': A_DAY,
      })
    })
  if (dashboard === null)
    return app.get('/', (c) => c.html(LANDING_PAGE, 200, { 'Content-Security-Policy': PAGE_POLICY }))
  for (const path of DASHBOARD_PATHS) app.get(path, (c) => showDashboard(c, dashboard, 200))
  return app.get('/assets/:name', (c, next) => {
    const file = dashboard.assets.get(c.req.path)
    return file === undefined ? next() : Promise.resolve(sendFile(c, file))
  })
}

/** The dashboard's page, which finds out from the address what to show. */
export function showDashboard(c: ApiContext, dashboard: DashboardFiles, status: 200 | 404): Response {
  const nonce = randomBytes(16).toString('base64')
  return c.body(dashboard.page(nonce), status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': dashboardPolicy(nonce),
  })
}

/** Where the dashboard's pages are; src/dashboard/router.tsx has the same. */
const DASHBOARD_PATHS = [
  '/',
  '/executions/:id?',
  '/agents/:id?',
  '/marketplace',
  '/marketplace/publish',
  '/marketplace/:namespace/:name',
  '/workflows/:id?',
  '/costs',
  '/alerts',
  '/errors/:id?',
  '/live',
  '/run',
  '/sql',
  '/settings',
  '/compare',
]

function sendFile(c: ApiContext, { type, plain, gzipped, etag }: DashboardFile): Response {
  const headers = { ETag: etag, 'Cache-Control': FOR_EVER, Vary: 'Accept-Encoding' }
  if (c.req.header('If-None-Match') === etag) return c.body(null, 304, headers)
  const zipped = (c.req.header('Accept-Encoding') ?? '').includes('gzip')
  const encoding = zipped ? { 'Content-Encoding': 'gzip' } : {}
  return c.body(zipped ? gzipped : plain, 200, { ...headers, 'Content-Type': type, ...encoding })
}
