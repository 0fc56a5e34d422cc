/** `/mcp`: MCP over streamable HTTP, without sessions. */
import { createMcpHandler } from '@modelcontextprotocol/server'
import { Hono } from 'hono'
import type { ApiContext, ApiEnv, AppDependencies } from '../api/context.ts'
import { createClient, type Client } from '../client/index.ts'
import { ExectrailError } from '../errors.ts'
import { parseExactly } from '../exact-json.ts'
import { createAgentTools } from './agent-tools.ts'
import { explainRefusal } from './call-issue.ts'
import { createMcpServer } from './server.ts'

/** Fits a call of run_code with its code, input and files. */
const BODY_MAX_BYTES = 64 * 1_048_576
/** Who asks, and as a part of what. */
const PASSED_ON = ['Authorization', 'Cookie', 'Origin', 'Host', 'traceparent', 'tracestate'] as const

/** Serves MCP over the routes of `app`, with the key of the caller: tools see what the key may see. */
export function mcp(
  app: Hono<ApiEnv>,
  { version, log }: Pick<AppDependencies, 'version' | 'log'>,
): Hono<ApiEnv> {
  const report = (error: unknown): void =>
    log(JSON.stringify({ path: '/mcp', reason: error instanceof Error ? error.stack : String(error) }))
  const agents = createAgentTools()
  return new Hono<ApiEnv>().all('/', async (c) => {
    rejectForeignOrigin(c)
    const { origin } = new URL(c.req.url)
    const connect = (): Promise<{ client: Client; url: string }> =>
      Promise.resolve({ client: clientWithin(app, c, origin), url: origin })
    const handler = createMcpHandler(() => createMcpServer({ version, connect, report, agents }), {
      maxRequestBodySize: BODY_MAX_BYTES,
      onerror: report,
    })
    return explainRefusal(await handler.fetch(c.req.raw))
  })
}

/** A client whose requests do not leave the process. It asks once: the model decides whether to ask again. */
function clientWithin(app: Hono<ApiEnv>, c: ApiContext, url: string): Client {
  return createClient({
    url,
    retries: 0,
    parse: parseExactly,
    fetch: async (address, init) => {
      // A client of 2025 gives a call up in a request of its own, which no session joins to this one; its end does.
      const signals = [c.req.raw.signal, init.signal].filter((signal) => signal instanceof AbortSignal)
      const request = new Request(address, { ...init, signal: AbortSignal.any(signals) })
      for (const name of PASSED_ON) {
        const value = c.req.header(name)
        if (value !== undefined && !request.headers.has(name)) request.headers.set(name, value)
      }
      request.headers.set('X-Request-Id', c.get('requestId'))
      return app.fetch(request, c.env)
    },
  })
}

/** A page of another site must not drive the tools of whoever has it open. */
function rejectForeignOrigin(c: ApiContext): void {
  const origin = c.req.header('Origin')
  if (origin === undefined || origin === new URL(c.req.url).origin) return
  throw new ExectrailError('forbidden', 'MCP is not served to pages of other origins', {
    hint: 'Connect from a program, which sends no Origin, or from a page of this service.',
  })
}
