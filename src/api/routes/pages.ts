/** Pages for people: the landing page and the API reference. */
import { Hono } from 'hono'
import { DOCS_PAGE, DOCS_POLICY, LANDING_PAGE, PAGE_POLICY } from '../html.ts'
import type { ApiEnv } from '../context.ts'
import { loadReferenceScript } from '../reference-script.ts'

/** `/`, `/docs` and the script of `/docs`. */
export function pages(): Hono<ApiEnv> {
  let script: Promise<string> | null = null
  return new Hono<ApiEnv>()
    .get('/', (c) => c.html(LANDING_PAGE, 200, { 'Content-Security-Policy': PAGE_POLICY }))
    .get('/docs', (c) => c.html(DOCS_PAGE, 200, { 'Content-Security-Policy': DOCS_POLICY }))
    .get('/docs/scalar.js', async (c) => {
      script ??= loadReferenceScript()
      return c.body(await script, 200, {
        'Content-Type': 'text/javascript; charset=utf-8',
        'Cache-Control': 'private, max-age=86400',
      })
    })
}
