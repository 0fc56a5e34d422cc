/**
 * The database in which statements of callers run: views of our tables. A name in a statement reaches nothing else, nor the
 * virtual columns of the tables, which reveal rows of others.
 */
import { EMPTY_QUERY, type Engine } from './engine.ts'
import { CALLER_DATABASE, CALLER_TABLES, PROBE } from './caller-rows.ts'
import { quoteIdentifier, quoteString } from './quoting.ts'
import { denied } from './refusal.ts'

/** Each view with its table. */
const VIEWS: Readonly<Record<string, keyof typeof CALLER_TABLES>> = {
  code_exec_logs: 'code_exec_logs',
  code_executions: 'code_exec_logs',
  code_exec_events: 'code_exec_events',
  otel_traces: 'otel_traces',
}

export interface CallerViews {
  /** Creates what is missing. @throws {RefusedStatement} code 497 where the engine does not hold the row policies */
  ensure(): Promise<void>
  /** To be called after a definition changes. */
  forget(): void
}

/** Whether a caller may read from this name. */
export function isCallerTable(name: string): boolean {
  return Object.hasOwn(VIEWS, name)
}

/** The database is in memory: it begins empty with each process. */
export async function openCallerViews(engine: Engine, database: string): Promise<CallerViews> {
  await define(engine, `CREATE DATABASE IF NOT EXISTS ${CALLER_DATABASE} ENGINE = Memory`)
  let made: Promise<void> | null = null
  return {
    async ensure() {
      made ??= createViews(engine, database)
      try {
        await made
      } catch (error) {
        made = null
        throw error
      }
    },
    forget: () => void (made = null),
  }
}

async function createViews(engine: Engine, database: string): Promise<void> {
  await checkPolicies(engine)
  for (const [view, table] of Object.entries(VIEWS)) {
    const name = `${CALLER_DATABASE}.${view}`
    const columns = await columnsOf(engine, database, table)
    await define(engine, `DROP VIEW IF EXISTS ${name}`)
    await define(
      engine,
      `CREATE VIEW ${name} AS SELECT ${columns} FROM ${quoteIdentifier(database)}.${table} FINAL`,
    )
  }
}

async function checkPolicies(engine: Engine): Promise<void> {
  const probe = `${CALLER_DATABASE}.${PROBE}`
  await define(engine, `CREATE TABLE IF NOT EXISTS ${probe} (one UInt8) ENGINE = Memory`)
  await define(engine, `INSERT INTO ${probe} SELECT 1`)
  const count = { ...EMPTY_QUERY, sql: `SELECT count() FROM ${probe}` }
  const { bytes } = await engine.run('callerRead', count)
  if (Buffer.from(bytes).toString('utf8').trim() !== '0')
    throw denied('SQL of bound keys is not served: the row policies are not in force')
}

/**
 * Columns without dictionaries: the one of LowCardinality is shared with the rows of others, and the engine evaluates
 * functions on all of it.
 */
async function columnsOf(engine: Engine, database: string, table: string): Promise<string> {
  const listed = await rows(
    engine,
    `SELECT name, type FROM system.columns WHERE database = ${quoteString(database)} AND table = ${quoteString(table)} AND default_kind != 'EPHEMERAL' ORDER BY position`,
  )
  return plainColumns(
    listed.map((line) => {
      const [name = '', type = ''] = line.split('\t')
      return { name, type }
    }),
  )
}

/** The list of a SELECT of these columns without their dictionaries. */
export function plainColumns(columns: readonly { name: string; type: string }[]): string {
  const selected = columns.map(({ name, type }) => {
    const plain = withoutDictionary(type)
    const quoted = quoteIdentifier(name)
    return plain === type ? quoted : `CAST(${quoted} AS ${plain}) AS ${quoted}`
  })
  return selected.join(', ')
}

function withoutDictionary(type: string): string {
  return type.replaceAll(/LowCardinality\((?<inner>\w+(?:\(\w+\))?)\)/gu, '$<inner>')
}

async function rows(engine: Engine, sql: string): Promise<string[]> {
  const { bytes } = await engine.run('internalRead', { ...EMPTY_QUERY, sql })
  return Buffer.from(bytes).toString('utf8').trim().split('\n')
}

async function define(engine: Engine, sql: string): Promise<void> {
  await engine.run('internalWrite', { ...EMPTY_QUERY, sql })
}
