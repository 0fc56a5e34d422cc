/** A connection to the engine. Each statement runs with exactly the settings and parameters of its query. */
import { randomUUID } from 'node:crypto'
import { Session } from 'chdb'
import { killUntilEnded, type Killing } from './kill-until-ended.ts'
import { BASE_SETTINGS, CONNECTION_ID_SETTING, type PoolName } from './pool-settings.ts'
import { whileListed, type ProcessList, type StatementOwner } from './process-list.ts'
import { quoteIdentifier, quoteString } from './quoting.ts'
import { RefusedStatement } from './refusal.ts'
import { clampSetting } from './settings.ts'
import { openWatchdog } from './watchdog.ts'

/** A statement with its settings and parameters, all checked before. */
export interface EngineQuery {
  sql: string
  database: string | null
  /** Format of the result unless the statement names one. */
  format: string
  /** Values by name; the names are on the allowlist. */
  settings: ReadonlyMap<string, string>
  /** Values of `{name:Type}` as ClickHouse's escaped text. */
  parameters: ReadonlyMap<string, string>
  /** Whose statement it is; absent for the endpoint's own. */
  owner?: StatementOwner
  /** The statement reads the list of running statements. */
  asksProcesses?: boolean
}

export interface QueryResult {
  bytes: Uint8Array
  rowsRead: number
  bytesRead: number
  elapsedSeconds: number
}

export interface Connection {
  /** True when the last statement succeeded. Otherwise its output may appear before the next result. */
  readonly isClean: boolean
  /** Resolves when the statement ends that was given up since it does not stop; null where none was. */
  readonly hanging: Promise<unknown> | null
  /** @throws {RefusedStatement} code 394 once `signal` aborts; the engine has stopped by then, or the connection hangs */
  run(query: EngineQuery, signal?: AbortSignal): Promise<QueryResult>
  /** Clears what a failed statement left. @throws when that fails; the connection must then be closed */
  clean(): Promise<void>
  close(): void
}

export interface ConnectOptions {
  dataDir: string
  configFile: string
  pool: PoolName
  /** Kills the statement of the connection with this id, through another connection. */
  kill: (connectionId: number) => Promise<void>
  processes: ProcessList
}

let lastConnectionId = 1_000

/** The statement that kills the running statement of a connection. */
export function killStatement(connectionId: number): string {
  return `KILL QUERY WHERE Settings['${CONNECTION_ID_SETTING}'] = '${connectionId}' ASYNC FORMAT Null`
}

/** @throws with ClickHouse's message; code 76 when another process has the directory open */
export function connect({ configFile, dataDir, kill, pool, processes }: ConnectOptions): Connection {
  const { connectionId, session } = openSession(dataDir, configFile, BASE_SETTINGS[pool])
  const prepare = createPreparer(session, BASE_SETTINGS[pool])
  const state: { isClean: boolean; hanging: Promise<unknown> | null } = { isClean: true, hanging: null }
  const markClean = (): void => void (state.isClean = true)
  return {
    get isClean() {
      return state.isClean
    },
    get hanging() {
      return state.hanging
    },
    async run(query, signal) {
      state.isClean = false
      const running = {
        kill: () => kill(connectionId),
        limitSeconds: timeLimit(query, BASE_SETTINGS[pool]),
        signal,
      }
      const result = await untilGivenUp(running, state, () =>
        whileListed(processes, connectionId, query, async (settings) => {
          await prepare({ ...query, settings })
          throwIfCancelled(signal)
          return runOn(session, query)
        }),
      )
      markClean()
      return result
    },
    async clean() {
      if (state.hanging !== null) throw new Error('a statement on the connection does not end')
      await prepare(NO_SETTINGS)
      await verifyClean(session)
      markClean()
    },
    close: () => session.close(),
  }
}

function openSession(
  dataDir: string,
  configFile: string,
  base: Readonly<Record<string, string>>,
): { session: Session; connectionId: number } {
  lastConnectionId += 1
  const settings = { ...base, [CONNECTION_ID_SETTING]: lastConnectionId }
  const args = Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
  const session = new Session(dataDir, { connectionArgs: [`--config-file=${configFile}`, ...args] })
  return { session, connectionId: lastConnectionId }
}

interface RunningOn {
  kill: () => Promise<void>
  limitSeconds: number
  signal: AbortSignal | undefined
}

/** Runs `use`; once the signal aborts it is killed, and given up where that does not end it. */
async function untilGivenUp<T>(
  { kill, limitSeconds, signal }: RunningOn,
  state: { hanging: Promise<unknown> | null },
  use: () => Promise<T>,
): Promise<T> {
  const killing = killUntilEnded(kill)
  const watchdog = openWatchdog(limitSeconds)
  const stop = (): void => {
    killing.start()
    watchdog.end()
  }
  const statement = thenEnd(killing, use)
  signal?.addEventListener('abort', stop)
  try {
    return await watchdog.watch(statement)
  } catch (error) {
    if (watchdog.hasGivenUp) {
      killing.start()
      state.hanging = statement.catch(() => undefined)
    }
    throwIfCancelled(signal)
    throw error
  } finally {
    signal?.removeEventListener('abort', stop)
  }
}

/** A kill under way must not meet the next statement. */
async function thenEnd<T>(killing: Killing, use: () => Promise<T>): Promise<T> {
  try {
    return await use()
  } finally {
    await killing.end()
  }
}

/** Seconds the engine gives a statement, 0 for no bound. */
function timeLimit({ settings }: EngineQuery, base: Readonly<Record<string, string>>): number {
  const name = 'max_execution_time'
  const limit = base[name] ?? '0'
  return Number(clampSetting(name, settings.get(name) ?? limit, limit)) || Number(limit)
}

/** All are set by one statement, and the engine takes statements of at most 262,144 bytes. */
const MAX_VALUES_BYTES = 262_000

const NO_SETTINGS = {
  database: null,
  settings: new Map<string, string>(),
  parameters: new Map<string, string>(),
}

function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new RefusedStatement(394, 'Query was cancelled')
}

/** After an error the connection's buffer holds output, which the next result would include. */
async function verifyClean(session: Session): Promise<void> {
  await session.queryAsync('SELECT 1 FORMAT Null')
  const probe = randomUUID()
  const result = await session.queryAsync(`SELECT '${probe}'`, { format: 'TabSeparatedRaw' })
  if (result.text() !== `${probe}\n`) throw new Error('the connection still holds an earlier result')
}

/** Sets the connection to the database, settings and parameters of a query, whatever the state before. */
function createPreparer(
  session: Session,
  base: Readonly<Record<string, string>>,
): (query: Pick<EngineQuery, 'database' | 'settings' | 'parameters'>) => Promise<void> {
  let database: string | null = null
  let applied: ReadonlyMap<string, string | null> = new Map()
  return async (query) => {
    if (query.database !== null && query.database !== database) {
      const { database: wanted } = query
      // If this fails, the state is unknown and the next statement sets it again.
      database = null
      await session.queryAsync(`USE ${quoteIdentifier(wanted)}`)
      database = wanted
    }
    const wanted = new Map(
      [...query.settings].map(([name, value]) => [name, clampSetting(name, value, base[name])]),
    )
    const before = applied
    const left = [...before.keys()].filter((name) => !wanted.has(name))
    const changed = [...wanted].filter(([name, value]) => before.get(name) !== value)
    // If this fails half-way, the state is unknown and the next statement sets all of it.
    applied = new Map([...before.keys(), ...wanted.keys()].map((name) => [name, null]))
    await set(session, [
      ...left.map((name) => [name, base[name] ?? null] as const),
      ...changed,
      ...[...query.parameters].map(([name, value]) => [`param_${name}`, value] as const),
    ])
    applied = wanted
  }
}

/** Sets the values in one statement; null restores the engine's default. */
async function set(
  session: Session,
  values: readonly (readonly [name: string, value: string | null])[],
): Promise<void> {
  if (values.length === 0) return
  const list = values.map(([name, value]) => `${name} = ${value === null ? 'DEFAULT' : quoteString(value)}`)
  const text = list.join(', ')
  if (Buffer.byteLength(text) > MAX_VALUES_BYTES)
    throw new RefusedStatement(36, `Settings and parameters have at most ${MAX_VALUES_BYTES} bytes in all`)
  await session.queryAsync(`SET ${text}`)
}

async function runOn(session: Session, { sql, format }: EngineQuery): Promise<QueryResult> {
  const result = await session.queryAsync(sql, { format })
  const { bytesRead, elapsed, rowsRead } = result
  return { bytes: result.bytes(), rowsRead, bytesRead, elapsedSeconds: elapsed }
}
