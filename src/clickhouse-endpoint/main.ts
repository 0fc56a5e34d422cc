/**
 * The embedded ClickHouse endpoint as a process of its own.
 *
 * `node main.ts --data DIR --port N --host 127.0.0.1 --database exectrail --credentials FILE`
 *
 * FILE (mode 0600) holds `{"users":[{"name","password","access":"full"|"read","role":"stack"|"caller"}…]}`; with `-` it is the first line of
 * stdin, and the end of stdin stops the process as SIGTERM does. `--listen-fd N` serves on that socket, which the
 * spawner has bound to host and port; `--memory-bytes N` caps the engine. The spawner sets `UV_THREADPOOL_SIZE=24`.
 * When it serves, one JSON line `{"url"}` on stdout; SIGTERM and SIGINT close cleanly. What hinders the start is one
 * line on stderr and exit code 1.
 */
import { readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { drainable } from './drain.ts'
import { BARE_WORK, openEngine, type Engine } from './engine.ts'
import { explainStart } from './explain-start.ts'
import { engineMemory } from './memory.ts'
import { quoteIdentifier } from './quoting.ts'
import { createClickHouseServer } from './server.ts'
import { openStatements } from './statements.ts'
import type { User } from './users.ts'

/** How long statements under way may take to end after SIGTERM. */
const GRACE_MS = 5_000

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: './clickhouse' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '8123' },
    database: { type: 'string', default: 'exectrail' },
    credentials: { type: 'string', default: './credentials.json' },
    'listen-fd': { type: 'string' },
    'memory-bytes': { type: 'string', default: String(engineMemory()) },
  },
})

const credentials = z.object({
  users: z
    .array(
      z.object({
        name: z.string(),
        password: z.string().min(1),
        access: z.enum(['full', 'read']),
        role: z.enum(['stack', 'caller']).default('caller'),
      }),
    )
    .min(1),
})

async function start(): Promise<{ engine: Engine; server: Server }> {
  const users = await readUsers()
  const engine = await openEngine({
    dataDir: values.data,
    memoryBytes: Number(values['memory-bytes']),
    stuck: endStuck,
  })
  const database = quoteIdentifier(values.database)
  await engine.run('write', {
    ...BARE_WORK,
    sql: `CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic`,
  })
  await closeDefault(engine)
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
    const fd = values['listen-fd']
    if (fd === undefined) server.listen(Number(values.port), values.host, resolve)
    else server.listen({ fd: Number(fd) }, resolve)
  })
  return { engine, server }
}

/** No thread of the engine can be stopped; what was acknowledged is on the disk, and the spawner starts anew. */
function endStuck(): void {
  process.stderr.write('exectrail store: statements do not end; the store starts anew\n')
  process.kill(process.pid, 'SIGKILL')
}

/** The engine's own default is an overlay over the file system, where any file is a table; connections need one to begin. */
async function closeDefault(engine: Engine): Promise<void> {
  for (const sql of ['DETACH DATABASE IF EXISTS default', 'ATTACH DATABASE default ENGINE = Memory'])
    await engine.run('write', { ...BARE_WORK, sql })
}

async function readUsers(): Promise<User[]> {
  try {
    const text =
      values.credentials === '-' ? await readGreeting() : await readFile(values.credentials, 'utf8')
    return credentials.parse(JSON.parse(text)).users
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error)
    throw new Error(`the credentials in ${values.credentials} cannot be used: ${reason}`, { cause: error })
  }
}

function readGreeting(): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface(process.stdin)
    lines.once('line', resolve)
    lines.once('close', () => reject(new Error('stdin ended before they came')))
  })
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
  if (process.stdin.readableEnded) end()
  else if (values.credentials === '-') process.stdin.once('end', end)
} catch (error) {
  process.stderr.write(`exectrail store: ${await explainStart(error, values)}\n`)
  process.exit(1)
}
