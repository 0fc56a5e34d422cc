/** `exectrail mcp`: the tools of the running service over stdio, for an MCP client that starts this command. */
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { createClient } from '../../client/index.ts'
import { loadConfig } from '../../config.ts'
import { parseExactly } from '../../exact-json.ts'
import { createAgentTools } from '../../mcp/agent-tools.ts'
import { createMcpServer } from '../../mcp/server.ts'
import type { Connection } from '../../mcp/tool.ts'
import { findAddress } from '../service-client.ts'
import { readVersion } from '../version.ts'
import { escapeControls } from '../escape-controls.ts'
import type { Terminal } from '../terminal.ts'

/** Fits a call of run_code with its code, input and files. */
const MESSAGE_MAX_BYTES = 64 * 1_048_576

/** Serves until the client closes stdin. Each call looks for the service again, so it may start later or move. */
export async function mcp(terminal: Terminal): Promise<number> {
  const config = loadConfig()
  const connect = async (): Promise<Connection> => {
    const { url, key } = await findAddress(config)
    return { url, client: createClient({ url, key, retries: 0, parse: parseExactly }) }
  }
  const report = (error: unknown): void =>
    terminal.say(escapeControls(error instanceof Error ? (error.stack ?? error.message) : String(error)))
  const transport = new StdioServerTransport(process.stdin, process.stdout, {
    maxBufferSize: MESSAGE_MAX_BYTES,
  })
  const closed = new Promise<void>((resolve) => process.stdin.once('close', resolve).once('end', resolve))
  const parts = { version: readVersion(), connect, report, agents: createAgentTools() }
  const handle = serveStdio(() => createMcpServer(parts), {
    transport,
    onerror: report,
  })
  await closed
  await handle.close()
  return 0
}
