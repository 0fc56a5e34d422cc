/**
 * Engines of ClickHouse that one test has stopped using and another of this process may use: a start takes the processor
 * for a second. What is kept is as a new one: the tables are made anew, and one with other tables is not kept.
 */
import type { ChildProcess } from 'node:child_process'
import { isDeepStrictEqual } from 'node:util'
import { askClickHouse } from './ask-clickhouse.ts'
import { exitOnSigterm } from './end-with-process.ts'

export interface Engine {
  url: string
  /** With its data and credentials. */
  directory: string
  args: readonly string[]
  child: ChildProcess
  layout: Layout
}

/** What a test may change beside rows: each table's database, name and definition, and the number of migrations. */
export type Layout = readonly string[][]

/** ms: one that a test has left with too much to do is ended. */
const PATIENCE_MS = 30_000
const MIGRATIONS = 'exectrail_migrations'
/** The endpoint makes `exectrail_callers` when it is first asked for. */
const LAYOUT = `SELECT database, name, create_table_query, if(name = '${MIGRATIONS}', toString(total_rows), '')
FROM system.tables WHERE lower(database) NOT IN ('system', 'information_schema', 'exectrail_callers')
UNION ALL SELECT '', name, create_query, '' FROM system.functions WHERE origin = 'SQLUserDefined'
ORDER BY ALL FORMAT JSONCompactEachRow`
const WRITTEN = `SELECT DISTINCT table FROM system.parts WHERE database = 'exectrail' AND table != '${MIGRATIONS}'
FORMAT JSONCompactEachRow`

const kept: Engine[] = []

/** One that was kept, or undefined. */
export function takeEngine(): Engine | undefined {
  const engine = kept.pop()
  return engine === undefined || hasEnded(engine.child) ? undefined : engine
}

/** Keeps it for the next who asks. @returns false where it is not as it was, and is to be ended */
export async function keepEngine(engine: Engine): Promise<boolean> {
  if (hasEnded(engine.child)) return false
  if (!isDeepStrictEqual(await layoutOf(engine.url), engine.layout)) return false
  for (const [table] of await rowsOf(engine.url, WRITTEN)) {
    const [, , definition = ''] = engine.layout.find(([, name]) => name === table) ?? []
    await ask(engine.url, `DROP TABLE ${table}`)
    await ask(engine.url, definition)
  }
  exitOnSigterm()
  kept.push(engine)
  return true
}

export function layoutOf(url: string): Promise<Layout> {
  return rowsOf(url, LAYOUT)
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

async function rowsOf(url: string, query: string): Promise<string[][]> {
  const text = await ask(url, query)
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as string[])
}

async function ask(url: string, statement: string): Promise<string> {
  const init = { method: 'POST', body: statement, signal: AbortSignal.timeout(PATIENCE_MS) }
  const answer = await askClickHouse({ url }, { database: 'exectrail' }, init)
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${statement}: ${text}`)
  return text
}
