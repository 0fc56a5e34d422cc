/** A tool: what a model reads of it, and what it does with the service. */
import type {
  CallToolResult,
  ServerContext,
  Tool as ListedTool,
  ToolAnnotations,
} from '@modelcontextprotocol/server'
import type { z } from 'zod'
import { ProblemError, type Client } from '../client/index.ts'
import { isExectrailError } from '../errors.ts'
import { checked } from '../validation.ts'
import { toolError } from './call-issue.ts'
import { shortInput, shortOutput } from './short-schema.ts'
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
  /** `reads` changes nothing; `changes` what exectrail keeps; `runs` runs code, which may act on what it reaches. */
  kind: 'reads' | 'changes' | 'runs'
  /** May answer with more fields than `output` has: they are left out. */
  answer: (input: z.output<Input>, call: ToolCall) => Promise<DeepReadonly<z.input<Output>>>
}

type DeepReadonly<Value> = Value extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : Value extends object
    ? { readonly [Name in keyof Value]: DeepReadonly<Value[Name]> }
    : Value

/** What every tool of a server has. */
export interface ToolParts {
  /** Finds the service for one call, with the caller's key. */
  connect: () => Promise<Connection>
  /** Logs an error of our own. */
  report: (error: unknown) => void
}

type ToolArguments = Readonly<Record<string, unknown>>

export interface Tool {
  name: string
  /** As a model reads it. */
  list: () => ListedTool
  /** Errors reach the model as tool errors that say what to do. */
  call: (given: ToolArguments, parts: ToolParts, context: ServerContext) => Promise<CallToolResult>
}

export const ANNOTATIONS: Readonly<Record<ToolDefinition<never, never>['kind'], ToolAnnotations>> = {
  reads: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  changes: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  runs: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
}

/** Defines a tool that every caller has. */
export function defineTool<Input extends ObjectSchema, Output extends ObjectSchema>(
  tool: ToolDefinition<Input, Output>,
): Tool {
  const { name, title, description, kind } = tool
  return {
    name,
    list: () => ({
      name,
      title,
      description,
      inputSchema: shortInput(tool.input),
      outputSchema: shortOutput(tool.output),
      annotations: { title, ...ANNOTATIONS[kind] },
    }),
    call: (given, parts, context) =>
      answerCall(parts, context, async (call) => {
        const input: unknown = checked(tool.input, given)
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is what the schema made
        return tool.output.parse(await tool.answer(input as z.output<Input>, call))
      }),
  }
}

/** The result of a call: hidden characters of the answer are visible in it, and an error says what to do. */
export async function answerCall(
  { connect, report }: ToolParts,
  { mcpReq }: ServerContext,
  answer: (call: ToolCall) => Promise<object>,
): Promise<CallToolResult> {
  try {
    const trace = traceOf(mcpReq._meta ?? {})
    return toResult(makeVisible(await answer({ ...(await connect()), signal: mcpReq.signal, trace })))
  } catch (error) {
    return toolError(explain(error, report))
  }
}

/** W3C Trace Context, as a client puts it into a request's metadata. */
function traceOf(meta: Readonly<Record<string, unknown>>): Record<string, string> {
  const given = ['traceparent', 'tracestate'].map((name) => [name, meta[name]] as const)
  return Object.fromEntries(given.filter((one): one is [string, string] => typeof one[1] === 'string'))
}

/** Structured, and as text for clients that know no structured content. */
function toResult(structuredContent: Record<string, unknown>): CallToolResult {
  return { structuredContent, content: [{ type: 'text', text: JSON.stringify(structuredContent) }] }
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
  return 'Something failed in exectrail itself; its log has the cause. Try once more, then inform the operator.'
}

function sentences(
  title: string,
  { message, hint }: { message: string; hint: string | undefined },
  more: readonly string[],
): string {
  return [`${title}: ${message}.`, ...(hint === undefined ? [] : [`Fix: ${hint}`]), ...more].join(' ')
}
