import { Hono } from 'hono'
import { generateSpecs } from 'hono-openapi'
import type { ApiEnv } from '../context.ts'
import { addExample } from '../request-examples.ts'

const DESCRIPTION = `Every execution leaves one record. Lists are newest first; \`nextCursor\` leads to the next page, and the
window that was searched is in the reply. Errors are problems (RFC 9457) with \`code\`, \`hint\` and \`requestId\`.
Times are ISO 8601 UTC.`

const TAGS = [
  { name: 'executions', description: 'Runs of code and their records' },
  { name: 'statistics', description: 'Figures, errors and differences of executions' },
  { name: 'agents', description: 'Executions and statistics of an agent' },
  { name: 'workflows', description: 'Executions of one run of a workflow' },
  { name: 'runtimes', description: 'Runtimes of this executor' },
  { name: 'sql', description: 'SQL queries to the store' },
  { name: 'keys', description: 'API keys, and the log of changes' },
  { name: 'service', description: 'The service itself' },
]

/** `GET /openapi.json`: generated once from the routes, with an example of each request. */
export function openapi(app: Hono<ApiEnv>, version: string): Hono<ApiEnv> {
  let document: ReturnType<typeof generate> | null = null
  return new Hono<ApiEnv>().get('/openapi.json', async (c) => {
    document ??= generate(app, version)
    return c.json(await document)
  })
}

async function generate(app: Hono<ApiEnv>, version: string): ReturnType<typeof generateSpecs> {
  const document = await generateSpecs(app, {
    documentation: {
      info: { title: 'exectrail', version, description: DESCRIPTION },
      tags: TAGS,
      security: [{ apiKey: [] }],
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
    },
    defaultValidationErrorResponse: false,
  })
  for (const path of Object.values(document.paths ?? {}))
    for (const method of METHODS) {
      const operation = path?.[method]
      if (operation !== undefined) addExample(operation)
    }
  return document
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const
