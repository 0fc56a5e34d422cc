/** The official SDK's client on either transport, in either era of the protocol. */
import { Client, StreamableHTTPClientTransport, type Tool } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { expect } from 'vitest'
import { EXECTRAIL } from './command-line.ts'

export interface Answer {
  isError: boolean
  /** The text a model reads. */
  text: string
  data: ReturnType<typeof JSON.parse>
}

interface AttemptOptions {
  signal?: AbortSignal
  meta?: Record<string, unknown>
}

export interface McpSession {
  tools: Tool[]
  instructions: string
  /** Calls a tool, whatever comes of it. */
  attempt: (name: string, args?: Record<string, unknown>, options?: AttemptOptions) => Promise<Answer>
  /** Calls a tool that must succeed; its structured content. */
  call: (name: string, args?: Record<string, unknown>) => Promise<Answer['data']>
  close: () => Promise<void>
}

type Era = 'legacy' | 'auto'

export function overHttp(url: string, key: string, era: Era): Promise<McpSession> {
  const requestInit = { headers: { Authorization: `Bearer ${key}` } }
  return open(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }), era)
}

export function overStdio(env: Record<string, string>, era: Era): Promise<McpSession> {
  return open(new StdioClientTransport({ command: EXECTRAIL, args: ['mcp'], env, stderr: 'ignore' }), era)
}

async function open(transport: Parameters<Client['connect']>[0], era: Era): Promise<McpSession> {
  const client = new Client({ name: 'a test', version: '1' }, { versionNegotiation: { mode: era } })
  await client.connect(transport)
  const { tools } = await client.listTools()
  const attempt: McpSession['attempt'] = async (name, args = {}, { signal, meta: _meta = {} } = {}) => {
    const options = signal === undefined ? {} : { signal }
    const result = await client.callTool({ name, arguments: args, _meta }, options)
    const text = result.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
    return { isError: result.isError === true, text, data: result.structuredContent }
  }
  return {
    tools,
    instructions: client.getInstructions() ?? '',
    attempt,
    call: async (name, args) => {
      const { isError, text, data } = await attempt(name, args)
      expect(isError, text).toBe(false)
      expect(JSON.parse(text)).toEqual(data)
      return data
    },
    close: () => client.close(),
  }
}
