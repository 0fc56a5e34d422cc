/** A service in a home of its own over given records, and the command line that asks it. */
import { expect } from 'vitest'
import { writeEndpoints } from '../../src/stack/endpoints.ts'
import type { ExecutionRecord } from '../../src/execution.ts'
import { startApiStack } from './api-stack.ts'
import { PASSWORD, USER, type RunningClickHouse } from './clickhouse.ts'
import { environmentFor, type CommandResult } from './command-line.ts'
import { openCommandProcess } from './command-process.ts'
import { temporaryDirectory } from './directory.ts'
import { insertRecords } from './records.ts'
import { ADMIN_KEY, type TestService } from './service.ts'

export interface AskedService {
  /** Of the service, without trailing slash. */
  url: string
  env: Record<string, string>
  insert: (records: readonly ExecutionRecord[], version?: 1 | 2) => Promise<void>
  /** A statement as the service's own user. */
  select: <Row>(sql: string) => Promise<Row[]>
  /** Runs a command in a process that all of them share; in this environment, or another. */
  run: (args: readonly string[], env?: Record<string, string>) => Promise<CommandResult>
  /** Runs a command that must succeed. */
  ask: (...args: string[]) => Promise<CommandResult>
  /** The one JSON value that a command prints. */
  askJson: (...args: string[]) => Promise<ReturnType<typeof JSON.parse>>
  /** Sends a request to run code. */
  post: TestService['post']
  service: TestService
  store: RunningClickHouse['store']
  stop: () => Promise<void>
}

/** Starts all of it; `stop` leaves nothing behind. */
export async function startAskedService(
  records: readonly ExecutionRecord[],
  { metadataUrl, ...others }: Parameters<typeof startApiStack>[0] & { metadataUrl?: string } = {},
): Promise<AskedService> {
  const home = await temporaryDirectory()
  const { clickhouse, service, stop } = await startApiStack(others)
  await insertRecords(clickhouse, records)
  const nowhere = 'http://127.0.0.1:9'
  await writeEndpoints(home.path, {
    service: service.url,
    clickhouse: clickhouse.url,
    otlpHttp: nowhere,
    otlpGrpc: nowhere,
    collectorHealth: nowhere,
    collectorMetrics: nowhere,
    clickhouseUser: USER,
    clickhousePassword: PASSWORD,
    clickhouseReader: null,
    clickhouseReaderPassword: null,
    ...(metadataUrl === undefined ? {} : { metadata: metadataUrl }),
  })
  const env = environmentFor(home.path, { EXECTRAIL_API_KEY: ADMIN_KEY })
  const commands = openCommandProcess()
  const run: AskedService['run'] = (args, changed = env) => commands.run(args, changed)
  const ask = async (...args: string[]): Promise<CommandResult> => {
    const ended = await run(args)
    expect(ended.exitCode, ended.stderr).toBe(0)
    return ended
  }
  return {
    url: service.url,
    env,
    run,
    insert: (more, version) => insertRecords(clickhouse, more, version),
    select: (sql) => clickhouse.store.query(sql, {}),
    ask,
    askJson: async (...args) => JSON.parse((await ask(...args, '--json')).stdout),
    post: (...args) => service.post(...args),
    service,
    store: clickhouse.store,
    stop: async () => {
      await commands[Symbol.asyncDispose]()
      await stop()
      await home[Symbol.asyncDispose]()
    },
  }
}
