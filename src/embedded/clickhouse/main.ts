/**
 * The embedded ClickHouse endpoint as a process of its own.
 *
 * `node main.ts --data DIR --port N --host 127.0.0.1 --database exectrail --credentials FILE`
 *
 * FILE (mode 0600) holds `{"users":[{"name","password","access":"full"|"read"}…]}`. The spawner sets
 * `UV_THREADPOOL_SIZE=16`. When it serves, one JSON line `{"url"}` on stdout; SIGTERM and SIGINT close cleanly. What
 * hinders the start is one line on stderr and exit code 1.
 */
import { readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { totalmem } from 'node:os'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { quoteIdentifier } from './connection.ts'
import { drainable } from './drain.ts'
import { BARE_WORK, openEngine, type Engine } from './engine.ts'
import { explainStart } from './explain-start.ts'
import { createClickHouseServer } from './server.ts'
import { openStatements } from './statements.ts'
import type { User } from './users.ts'

const MIN_MEMORY_BYTES = 512 * 1_048_576
/** How long statements under way may take to end after SIGTERM. */
const GRACE_MS = 5_000
const MAX_MEMORY_BYTES = 4 * 1_073_741_824

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: './clickhouse' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8123' },
    database: { type: 'string', default: 'exectrail' },
    credentials: { type: 'string', default: './credentials.json' },
  },
})

const credentials = z.object({
  users: z
    .array(z.object({ name: z.string(), password: z.string().min(1), access: z.enum(['full', 'read']) }))
    .min(1),
})

async function start(): Promise<{ engine: Engine; server: Server }> {
  const users = await readUsers()
  const engine = await openEngine({ dataDir: values.data, memoryBytes: memoryBytes() })
  const database = quoteIdentifier(values.database)
  await engine.run('write', {
    ...BARE_WORK,
    sql: `CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic`,
  })
  const version = await engine.run('serve', { ...BARE_WORK, sql: 'SELECT version()' })
  const server = createClickHouseServer({
    engine,
    statements: await openStatements(engine, values.database),
    users,
    database: values.database,
    version: Buffer.from(version.bytes).toString('utf8').trim(),
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(Number(values.port), values.host, resolve)
  })
  return { engine, server }
}

/** Half of what the host or its container grants, within bounds. */
function memoryBytes(): number {
  const granted = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
  return Math.max(MIN_MEMORY_BYTES, Math.min(MAX_MEMORY_BYTES, Math.floor(granted / 2)))
}

async function readUsers(): Promise<User[]> {
  try {
    return credentials.parse(JSON.parse(await readFile(values.credentials, 'utf8'))).users
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error)
    throw new Error(`the credentials in ${values.credentials} cannot be used: ${reason}`, { cause: error })
  }
}

try {
  const { engine, server } = await start()
  const drain = drainable(server)
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : values.port
  process.stdout.write(`${JSON.stringify({ url: `http://${values.host}:${port}` })}\n`)
  const end = (): void =>
    void drain(GRACE_MS)
      .then(() => engine.close())
      .finally(() => process.exit(0))
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
} catch (error) {
  process.stderr.write(`exectrail store: ${await explainStart(error, values)}\n`)
  process.exit(1)
}
