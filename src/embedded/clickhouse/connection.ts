/** One connection to the engine. Settings and parameters of a statement are set before it and taken back after it. */
import { Session } from 'chdb'
import { RefusedStatement } from './refusal.ts'

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
  },
}

/** @throws in ClickHouse's words; code 76 when another process has the directory open */
export function connect(dataDir: string, lane: Lane, configFile: string): Connection {
  const base = BASE[lane]
  const connectionArgs = Object.entries(base).map(([name, value]) => `--${name}=${value}`)
  const session = new Session(dataDir, { connectionArgs: [`--config-file=${configFile}`, ...connectionArgs] })
  let current: string | null = null
  const during = async <T>(work: Work, use: () => Promise<T>): Promise<T> => {
    if (work.database !== null && work.database !== current) {
      await session.queryAsync(`USE ${quoteIdentifier(work.database)}`)
      current = work.database
    }
    const settings = [...work.settings].map(([name, value]) => [name, settle(base[name], value)] as const)
    const parameters = [...work.parameters].map(([name, value]) => [`param_${name}`, value] as const)
    try {
      await set(session, [...settings, ...parameters])
      return await use()
    } finally {
      await set(
        session,
        settings.map(([name]) => [name, base[name] ?? null]),
      )
    }
  }
  return {
    run: (work) => during(work, () => runOn(session, work)),
    stream: (work, take) => during(work, () => take(piecesOf(session, work))),
    close: () => session.close(),
  }
}

/** What a lane bounds, a client may lower and never lift. */
function settle(bound: string | undefined, asked: string): string {
  if (bound === undefined) return asked
  if (!/^\d{1,15}$/u.test(asked))
    throw new RefusedStatement(72, `Cannot parse ${JSON.stringify(asked)} as a limit`)
  return Number(asked) === 0 ? bound : String(Math.min(Number(asked), Number(bound)))
}

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
