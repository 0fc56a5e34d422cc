/** What is wrong with a message or a call that no tool sees, with what to send instead. */
import { ProtocolErrorCode, Server, type CallToolResult } from '@modelcontextprotocol/server'

/** Messages of one list, at most, as the protocol's library takes them. */
const LIST_MAX = 100
const EXAMPLE =
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_runtimes","arguments":{}}}'
const BODY_ISSUES: ReadonlyMap<unknown, string> = new Map([
  [ProtocolErrorCode.ParseError, `The body is not JSON. Fix: send a message such as ${EXAMPLE}`],
  [
    ProtocolErrorCode.InvalidRequest,
    `The body is neither a message of JSON-RPC 2.0 nor a list of 1 to ${LIST_MAX} without initialize. Fix: send a message such as ${EXAMPLE}`,
  ],
])

/** A server that says what is wrong with the form of a call. McpServer leaves no place before the check by its schema. */
export class CheckingServer extends Server {
  protected override _wrapHandler(
    ...[method, handler]: Parameters<Server['_wrapHandler']>
  ): ReturnType<Server['_wrapHandler']> {
    const call = super._wrapHandler(method, handler)
    if (method !== 'tools/call') return call
    return async (request, context) => {
      const issue = callIssue(request.params ?? {})
      return issue === null ? call(request, context) : toolError(issue)
    }
  }
}

/** A tool error, which a model reads. */
export function toolError(text: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text }] }
}

/** The response to a body that is no message, in our words; any other as it is. */
export async function explainRefusal(response: Response): Promise<Response> {
  if (response.status !== 400) return response
  const text = await response.text()
  const { status, headers } = response
  const { error, ...rest }: { error?: { code?: unknown } } = JSON.parse(text)
  const message = BODY_ISSUES.get(error?.code)
  const body = message === undefined ? text : JSON.stringify({ ...rest, error: { ...error, message } })
  return new Response(body, { status, headers })
}

function callIssue({ name, arguments: given = {} }: Readonly<Record<string, unknown>>): string | null {
  if (typeof name !== 'string')
    return 'params.name is not a text. Fix: send the name of a tool as tools/list has it.'
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return null
  return `The arguments of ${name} are not an object. Fix: send an object with the fields of its schema, or leave them out where none is required.`
}
