/** Opens the engine and serves it, as the arguments of this process say; see `main.ts`. */
import { readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { createInterface } from 'node:readline'
import { resolve as absolute } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { gracefulShutdown } from './graceful-shutdown.ts'
import { EMPTY_QUERY, openEngine, type Engine } from './engine.ts'
import { forgetBrokenParts } from './broken-parts.ts'
import { openCallerViews } from './caller-views.ts'
import { describeStartupError } from './startup-error.ts'
import { engineMemory } from './memory.ts'
import { quoteIdentifier } from './quoting.ts'
import { CREATE_PROCESSES_VIEW } from './process-list.ts'
import { createClickHouseServer } from './server.ts'
import { createStatementParser } from './statement-parser.ts'
import { restartNow } from './restart-mark.ts'
import type { User } from './users.ts'

/** ms that running statements may take to end after SIGTERM. */
const GRACE_MS = 5_000

const LOAD_TABLES = 'SELECT count() FROM system.detached_parts'

const { values: given } = parseArgs({
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

const values = { ...given, data: absolute(given.data) }

const credentials = z.object({
  users: z
    .array(
      z.object({
        name: z.string(),
        password: z.string().min(1),
        access: z.enum(['full', 'read', 'caller']),
        role: z.enum(['internal', 'user']).default('user'),
      }),
    )
    .min(1),
})

async function start(): Promise<{ engine: Engine; server: Server }> {
  const users = await readUsers()
  const engine = await openWhole()
  const database = quoteIdentifier(values.database)
  await engine.run('internalWrite', {
    ...EMPTY_QUERY,
    sql: `CREATE DATABASE IF NOT EXISTS ${database} ENGINE = Atomic`,
  })
  await replaceDefaultDatabase(engine)
  await engine.run('internalWrite', { ...EMPTY_QUERY, sql: CREATE_PROCESSES_VIEW })
  const callerViews = await openCallerViews(engine, values.database)
  const version = await engine.run('internalRead', { ...EMPTY_QUERY, sql: 'SELECT version()' })
  const server = createClickHouseServer({
    engine,
    callerViews,
    parser: await createStatementParser(engine, values.database),
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

/** The engine's `default` database exposes files of the host as tables. Connections need a `default`, so it is replaced. */
async function replaceDefaultDatabase(engine: Engine): Promise<void> {
  for (const sql of ['DETACH DATABASE IF EXISTS default', 'ATTACH DATABASE default ENGINE = Memory'])
    await engine.run('internalWrite', { ...EMPTY_QUERY, sql })
}

/** The engine reads which blocks it has when it opens; of parts that it found broken then it has nothing. */
async function openWhole(): Promise<Engine> {
  const engine = await open()
  await engine.run('internalRead', { ...EMPTY_QUERY, sql: LOAD_TABLES })
  if (!(await forgetBrokenParts(values.data))) return engine
  await engine.close()
  return open()
}

const open = (): Promise<Engine> =>
  openEngine({
    dataDir: values.data,
    database: values.database,
    memoryBytes: Number(values['memory-bytes']),
    restart: (why) => restartNow(values.data, why),
  })

async function readUsers(): Promise<User[]> {
  try {
    const text =
      values.credentials === '-' ? await readFirstLine() : await readFile(values.credentials, 'utf8')
    return credentials.parse(JSON.parse(text)).users
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error)
    throw new Error(`the credentials in ${values.credentials} cannot be used: ${reason}`, { cause: error })
  }
}

function readFirstLine(): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines = createInterface(process.stdin)
    lines.once('line', resolve)
    lines.once('close', () => reject(new Error('stdin ended before they arrived')))
  })
}

try {
  const { engine, server } = await start()
  const shutDown = gracefulShutdown(server)
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : values.port
  process.stdout.write(`${JSON.stringify({ url: `http://${values.host}:${port}` })}\n`)
  const end = (): void =>
    void shutDown(GRACE_MS)
      .then(() => engine.close())
      .finally(() => process.exit(0))
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  if (process.stdin.readableEnded) end()
  else if (values.credentials === '-') process.stdin.once('end', end)
} catch (error) {
  process.stderr.write(`exectrail store: ${await describeStartupError(error, values)}\n`)
  process.exit(1)
}
