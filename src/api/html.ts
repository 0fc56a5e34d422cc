/** Static pages of the service. They never contain text from callers. */
import { createHash } from 'node:crypto'

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem }
li { margin: .4rem 0 }
code { font-family: ui-monospace, monospace; background: #8882; padding: .1em .3em; border-radius: 3px }
`
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** The pages may load only their own style. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`

/** The page at `/`. */
export const LANDING_PAGE = page(
  'exectrail',
  `<h1>exectrail</h1>
<p>Runs code written by agents and workflows and leaves a trail of every run.</p>
<ul>
<li><a href="/v1/executions">Latest executions</a></li>
<li><a href="/v1/runtimes">Runtimes and what they need</a></li>
<li><a href="/docs">API reference</a> · <a href="/openapi.json">openapi.json</a></li>
<li><a href="/readyz">Readiness</a> · <a href="/metrics">Metrics</a></li>
</ul>
<p>On the command line: <code>exectrail run hello.py</code>, <code>exectrail logs</code>, <code>exectrail stats</code>.</p>`,
)

/** The API reference. Its script comes from this service. */
export const DOCS_PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>exectrail API</title></head>
<body>
<script id="api-reference" data-url="/openapi.json" data-configuration='{"withDefaultFonts":false,"hideClientButton":true,"telemetry":false,"showDeveloperTools":"never","agent":{"disabled":true},"mcp":{"disabled":true}}'></script>
<script src="/docs/scalar.js"></script>
</body>
</html>
`

/** The API reference may load only from this service. It writes its styles inline. */
export const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** A page of ours; `body` holds nothing from callers. */
function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${STYLE}</style></head>
<body>
${body}
</body>
</html>
`
}
