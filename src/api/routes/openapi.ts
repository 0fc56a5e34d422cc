import { Hono } from 'hono'
import { generateSpecs } from 'hono-openapi'
import type { ApiEnv } from '../environment.ts'

const DESCRIPTION = `Every execution leaves one record. Lists are newest first; \`nextCursor\` leads to the next page, and the
window that was searched is in the reply. Errors are problems (RFC 9457) with \`code\`, \`hint\` and \`requestId\`.
Times are ISO 8601 UTC.`

const TAGS = [
  { name: 'executions', description: 'Runs of code and their records' },
  { name: 'agents', description: 'What an agent did' },
  { name: 'workflows', description: 'What one run of a workflow did' },
  { name: 'runtimes', description: 'Where code can run' },
  { name: 'sql', description: 'Free questions to the store' },
  { name: 'service', description: 'The service itself' },
]

/** `GET /openapi.json`: the document of the app, made once from the routes themselves. */
export function openapi(app: Hono<ApiEnv>, version: string): Hono<ApiEnv> {
  let document: ReturnType<typeof generateSpecs> | null = null
  return new Hono<ApiEnv>().get('/openapi.json', async (c) => {
    document ??= generateSpecs(app, {
      documentation: {
        info: { title: 'exectrail', version, description: DESCRIPTION },
        tags: TAGS,
        security: [{ apiKey: [] }],
        components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer' } } },
      },
      defaultValidationErrorResponse: false,
    })
    return c.json(await document)
  })
}
