/** A tool: what a model reads of it, and what it does with the service. */
import type { McpServer, ServerContext, ToolAnnotations } from '@modelcontextprotocol/server'
import type { z } from 'zod'
import { ProblemError, type Client } from '../client/index.ts'
import { isExectrailError } from '../errors.ts'
import { makeVisible } from './visible.ts'

/** How a tool reaches the service. */
export interface Connection {
  client: Client
  /** Where people reach the service, for links. */
  url: string
}

export interface ToolCall extends Connection {
  /** Aborts when the caller cancels or goes. */
  signal: AbortSignal
  /** The caller's span, for requests that make one of their own. */
  trace: Readonly<Record<string, string>>
}

type ObjectSchema = z.ZodObject

interface ToolDefinition<Input extends ObjectSchema, Output extends ObjectSchema> {
  name: string
  title: string
  description: string
  input: Input
  output: Output
  /** `reads` changes nothing; `runs` runs code, which may act on what it reaches. */
  kind: 'reads' | 'runs'
  answer: (input: z.output<Input>, call: ToolCall) => Promise<z.input<Output>>
}

/** Adds a tool to a server. `connect` finds the service for one call; `report` logs an error of our own. */
export type Tool = (
  server: McpServer,
  connect: () => Promise<Connection>,
  report: (error: unknown) => void,
) => void

const ANNOTATIONS: Readonly<Record<ToolDefinition<never, never>['kind'], ToolAnnotations>> = {
  reads: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  runs: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
}

/** Defines a tool. Its errors reach the model as tool errors that say what to do. */
export function defineTool<Input extends ObjectSchema, Output extends ObjectSchema>(
  tool: ToolDefinition<Input, Output>,
): Tool {
  const { name, title, description, kind } = tool
  const schemas: Record<'inputSchema' | 'outputSchema', ObjectSchema> = {
    inputSchema: tool.input,
    outputSchema: tool.output,
  }
  return (server, connect, report) => {
    const answer = async (input: z.output<Input>, { mcpReq }: ServerContext) => {
      try {
        const answered = await tool.answer(input, {
          ...(await connect()),
          signal: mcpReq.signal,
          trace: traceOf(mcpReq._meta ?? {}),
        })
        return toResult(makeVisible(answered))
      } catch (error) {
        return { isError: true, content: [{ type: 'text' as const, text: explain(error, report) }] }
      }
    }
    server.registerTool(
      name,
      { title, description, ...schemas, annotations: { title, ...ANNOTATIONS[kind] } },
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server hands over what the schema made
      (input: unknown, context: ServerContext) => answer(input as z.output<Input>, context),
    )
  }
}

/** W3C Trace Context, as a client puts it into a request's metadata. */
function traceOf(meta: Readonly<Record<string, unknown>>): Record<string, string> {
  const given = ['traceparent', 'tracestate'].map((name) => [name, meta[name]] as const)
  return Object.fromEntries(given.filter((one): one is [string, string] => typeof one[1] === 'string'))
}

/** Structured, and as text for clients that know no structured content. */
function toResult(structuredContent: Record<string, unknown>) {
  return { structuredContent, content: [{ type: 'text' as const, text: JSON.stringify(structuredContent) }] }
}

function explain(error: unknown, report: (error: unknown) => void): string {
  if (error instanceof ProblemError) {
    const wait = error.retryAfterMs === undefined ? [] : [`Try again in ${error.retryAfterMs / 1000} s.`]
    return sentences(error.title, error, [
      ...wait,
      ...(error.requestId ? [`Request ${error.requestId}.`] : []),
    ])
  }
  if (isExectrailError(error)) return sentences(error.title, error, [])
  if (error instanceof TypeError) return error.message
  report(error)
  return 'Something failed in exectrail itself; its log has the cause. Try once more, then tell the operator.'
}

function sentences(
  title: string,
  { message, hint }: { message: string; hint: string | undefined },
  more: readonly string[],
): string {
  return [`${title}: ${message}.`, ...(hint === undefined ? [] : [`Fix: ${hint}`]), ...more].join(' ')
}
