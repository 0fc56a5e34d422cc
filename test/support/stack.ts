/** A stack, embedded store and Collector, in a home of its own and within this process. */
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client'
import { loadConfig, type Config } from '../../src/config.ts'
import { startStack, type ComponentStatus, type Stack } from '../../src/stack/stack.ts'
import { temporaryDirectory } from './directory.ts'
import { waitFor } from './wait.ts'

export interface TestStack extends AsyncDisposable {
  stack: Stack
  config: Config
  /** What was reported. */
  said: string[]
  client: ClickHouseClient
  /** First column of the answer, as strings. */
  column(query: string): Promise<string[]>
  part(name: ComponentStatus['name']): ComponentStatus
  /** SIGKILL of a part; resolves once it is gone, not once it is back. */
  kill(name: ComponentStatus['name']): Promise<void>
}

/** Configuration of a stack in `home` on free ports; nothing of the caller's but what programs need to start. */
export function configFor(home: string, extra: Record<string, string> = {}): Config {
  const { PATH = '', HOME = '', XDG_CACHE_HOME } = process.env
  return loadConfig({
    PATH,
    HOME,
    XDG_CACHE_HOME,
    CI: 'true',
    EXECTRAIL_HOME: home,
    EXECTRAIL_PORT: '0',
    ...extra,
  })
}

/** `await using started = await startTestStack()`; `extra` is added to its environment. */
export async function startTestStack(extra: Record<string, string> = {}): Promise<TestStack> {
  const directory = await temporaryDirectory()
  const started = await startTestStackIn(configFor(directory.path, extra))
  return {
    ...started,
    async [Symbol.asyncDispose]() {
      await started[Symbol.asyncDispose]()
      await directory[Symbol.asyncDispose]()
    },
  }
}

/** A stack in a home that outlives it. */
export async function startTestStackIn(config: Config): Promise<TestStack> {
  const said: string[] = []
  const stack = await startStack(config, (line) => said.push(line))
  const { clickhouse, clickhouseUser, clickhousePassword } = stack.endpoints
  const client = createClient({
    url: clickhouse,
    username: clickhouseUser,
    password: clickhousePassword,
    database: config.clickhouse.database,
    log: { level: ClickHouseLogLevel.OFF },
  })
  const part = (name: ComponentStatus['name']): ComponentStatus => {
    const found = stack.components().find((one) => one.name === name)
    if (found === undefined) throw new Error(`the stack has no ${name}`)
    return found
  }
  return {
    stack,
    config,
    said,
    client,
    part,
    async column(query) {
      const answer = await client.query({ query, format: 'JSONCompactEachRow' })
      return (await answer.json<unknown[]>()).map(([first]) => String(first))
    },
    async kill(name) {
      const { pid } = part(name)
      if (pid === null) throw new Error(`the ${name} has no process`)
      process.kill(pid, 'SIGKILL')
      await waitFor(() => part(name).state !== 'ready' || part(name).pid !== pid, {
        what: `the end of the ${name}`,
      })
    },
    async [Symbol.asyncDispose]() {
      await client.close()
      await stack.stop()
    },
  }
}
