/** One connection to the engine. Each statement finds the settings and parameters it asks for and no others. */
import { Session } from 'chdb'
import { settleSetting } from './settings.ts'

/** `write` inserts and defines, `serve` reads for the service, `ask` runs callers' statements; both of them only read. */
export type Lane = 'write' | 'serve' | 'ask'

/** One statement with all it needs; texts are checked before. */
export interface Work {
  sql: string
  database: string | null
  /** Format of the answer unless the statement names one. */
  format: string
  /** Name and value; the names are checked against an allowlist. */
  settings: ReadonlyMap<string, string>
  /** Values of `{name:Type}` as ClickHouse's escaped text. */
  parameters: ReadonlyMap<string, string>
}

export interface Answer {
  bytes: Uint8Array
  rowsRead: number
  bytesRead: number
  elapsedSeconds: number
}

export interface Connection {
  run(work: Work): Promise<Answer>
  /** The answer in pieces while it is made; only for SELECT and formats without a frame around the rows. */
  stream(work: Work, take: (pieces: AsyncIterable<Uint8Array>) => Promise<void>): Promise<void>
  close(): void
}

/** Rows of metadata that callers see: those of their own database, by the name of its column. */
const METADATA: Readonly<Record<string, string>> = {
  tables: 'database',
  columns: 'database',
  databases: 'name',
  parts: 'database',
  parts_columns: 'database',
  projections: 'database',
  data_skipping_indices: 'database',
  dictionaries: 'database',
  merges: 'database',
  mutations: 'database',
  replicas: 'database',
}
const OPEN_METADATA = "(currentDatabase(), 'system', 'information_schema', 'INFORMATION_SCHEMA')"
const FILTERS = Object.entries(METADATA).map(
  ([table, column]) => `'system.${table}':${quoteString(`${column} IN ${OPEN_METADATA}`)}`,
)

const READS_ONLY = { readonly: '2', allow_introspection_functions: '0', implicit_select: '0' }
/** What a connection of each lane begins with and returns to. */
const BASE: Readonly<Record<Lane, Readonly<Record<string, string>>>> = {
  write: {
    async_insert: '0',
    allow_introspection_functions: '0',
    implicit_select: '0',
    // A batch of hostile or very old times must not be refused for ever.
    max_partitions_per_insert_block: '0',
    // Rows are values; an expression among them could be a query.
    input_format_values_interpret_expressions: '0',
  },
  serve: { ...READS_ONLY, max_execution_time: '120' },
  ask: {
    ...READS_ONLY,
    max_execution_time: '30',
    max_memory_usage: '1073741824',
    max_result_rows: '1000000',
    max_result_bytes: '268435456',
    additional_table_filters: `{${FILTERS.join(',')}}`,
  },
}

/** @throws in ClickHouse's words; code 76 when another process has the directory open */
export function connect(dataDir: string, lane: Lane, configFile: string): Connection {
  const base = BASE[lane]
  const connectionArgs = Object.entries(base).map(([name, value]) => `--${name}=${value}`)
  const session = new Session(dataDir, { connectionArgs: [`--config-file=${configFile}`, ...connectionArgs] })
  const prepare = preparer(session, base)
  const during = async <T>(work: Work, use: () => Promise<T>): Promise<T> => {
    await prepare(work)
    return use()
  }
  return {
    run: (work) => during(work, () => runOn(session, work)),
    stream: (work, take) => during(work, () => take(piecesOf(session, work))),
    close: () => session.close(),
  }
}

/** Brings a connection into the state a statement asks for, whatever the one before it left. */
function preparer(session: Session, base: Readonly<Record<string, string>>): (work: Work) => Promise<void> {
  let database: string | null = null
  let held: ReadonlyMap<string, string | null> = new Map()
  return async (work) => {
    if (work.database !== null && work.database !== database) {
      await session.queryAsync(`USE ${quoteIdentifier(work.database)}`)
      database = work.database
    }
    const wanted = new Map(
      [...work.settings].map(([name, value]) => [name, settleSetting(name, value, base[name])]),
    )
    const before = held
    const left = [...before.keys()].filter((name) => !wanted.has(name))
    const changed = [...wanted].filter(([name, value]) => before.get(name) !== value)
    // Should this fail half-way, the next statement trusts none of it.
    held = new Map([...before.keys(), ...wanted.keys()].map((name) => [name, null]))
    await set(session, [
      ...left.map((name) => [name, base[name] ?? null] as const),
      ...changed,
      ...[...work.parameters].map(([name, value]) => [`param_${name}`, value] as const),
    ])
    held = wanted
  }
}

/** In one statement; a value of null is the engine's default. */
async function set(
  session: Session,
  values: readonly (readonly [name: string, value: string | null])[],
): Promise<void> {
  if (values.length === 0) return
  const list = values.map(([name, value]) => `${name} = ${value === null ? 'DEFAULT' : quoteString(value)}`)
  await session.queryAsync(`SET ${list.join(', ')}`)
}

async function runOn(session: Session, { sql, format }: Work): Promise<Answer> {
  const result = await session.queryAsync(sql, { format })
  const { bytesRead, elapsed, rowsRead } = result
  return { bytes: result.bytes(), rowsRead, bytesRead, elapsedSeconds: elapsed }
}

async function* piecesOf(session: Session, { sql, format }: Work): AsyncGenerator<Uint8Array> {
  for await (const piece of session.queryStream(sql, { format })) yield piece.raw()
}

/** A name between backquotes. */
export function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``
}

/** A string literal. */
export function quoteString(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
