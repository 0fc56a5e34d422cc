/** One connection to the engine. Each statement finds the settings and parameters it asks for and no others. */
import { randomUUID } from 'node:crypto'
import { Session } from 'chdb'
import { untilEnded, type Killing } from './killing.ts'
import { BASE, type Lane } from './lanes.ts'
import { quoteIdentifier, quoteString } from './quoting.ts'
import { RefusedStatement } from './refusal.ts'
import { settleSetting } from './settings.ts'
import { openWatchdog } from './watchdog.ts'

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
  /** The last statement ended well and whole. Otherwise what it printed may come out in front of the next answer. */
  readonly isClean: boolean
  /** Resolves when the statement ends that was given up since it does not stop; null where none was. */
  readonly hanging: Promise<unknown> | null
  /** @throws {RefusedStatement} code 394 once `signal` aborts; the engine has stopped by then, or the connection hangs */
  run(work: Work, signal?: AbortSignal): Promise<Answer>
  /** Clears what a statement that ended badly has left. @throws when it cannot be cleared; then it is to be closed */
  clean(): Promise<void>
  close(): void
}

export interface ConnectOptions {
  dataDir: string
  configFile: string
  lane: Lane
  /** Kills the statement of the connection with this mark, by way of another connection. */
  kill: (mark: number) => Promise<void>
}

/** Without a meaning to an engine without a cluster, so its value tells connections apart in `system.processes`. */
const MARK_SETTING = 'distributed_ddl_task_timeout'
let marks = 1_000

/** The statement that kills what runs on the connection with this mark. */
export function killStatement(mark: number): string {
  return `KILL QUERY WHERE Settings['${MARK_SETTING}'] = '${mark}' ASYNC FORMAT Null`
}

/** @throws in ClickHouse's words; code 76 when another process has the directory open */
export function connect({ configFile, dataDir, kill, lane }: ConnectOptions): Connection {
  const { mark, session } = openSession(dataDir, configFile, BASE[lane])
  const prepare = preparer(session, BASE[lane])
  const state: { isClean: boolean; hanging: Promise<unknown> | null } = { isClean: true, hanging: null }
  const ended = (): void => void (state.isClean = true)
  return {
    get isClean() {
      return state.isClean
    },
    get hanging() {
      return state.hanging
    },
    async run(work, signal) {
      state.isClean = false
      const running = { kill: () => kill(mark), limitSeconds: timeLimit(work, BASE[lane]), signal }
      const answer = await untilGivenUp(running, state, async () => {
        await prepare(work)
        refuseAborted(signal)
        return runOn(session, work)
      })
      ended()
      return answer
    },
    async clean() {
      if (state.hanging !== null) throw new Error('a statement on the connection does not end')
      await prepare(NO_SETTINGS)
      await cleanse(session)
      ended()
    },
    close: () => session.close(),
  }
}

function openSession(
  dataDir: string,
  configFile: string,
  base: Readonly<Record<string, string>>,
): { session: Session; mark: number } {
  marks += 1
  const { additional_table_filters: filters, ...rest } = base
  const settings = {
    ...rest,
    ...(filters !== undefined && { additional_table_filters: withOwnProcess(filters, marks) }),
    [MARK_SETTING]: marks,
  }
  const args = Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
  const session = new Session(dataDir, { connectionArgs: [`--config-file=${configFile}`, ...args] })
  return { session, mark: marks }
}

/** The text of a statement is for whoever sent it, and the engine knows all of them as one user. */
function withOwnProcess(filters: string, mark: number): string {
  const own = quoteString(`Settings[${quoteString(MARK_SETTING)}] = ${quoteString(String(mark))}`)
  return filters.replace(/\}$/u, () => `,'system.processes':${own}}`)
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
  const killing = untilEnded(kill)
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
    refuseAborted(signal)
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
function timeLimit({ settings }: Work, base: Readonly<Record<string, string>>): number {
  const name = 'max_execution_time'
  const limit = base[name] ?? '0'
  return Number(settleSetting(name, settings.get(name) ?? limit, limit)) || Number(limit)
}

const NO_SETTINGS = {
  database: null,
  settings: new Map<string, string>(),
  parameters: new Map<string, string>(),
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new RefusedStatement(394, 'Query was cancelled')
}

/** An error leaves what was printed in the connection's buffer, and the next answer takes it out. */
async function cleanse(session: Session): Promise<void> {
  await session.queryAsync('SELECT 1 FORMAT Null')
  const word = randomUUID()
  const answer = await session.queryAsync(`SELECT '${word}'`, { format: 'TabSeparatedRaw' })
  if (answer.text() !== `${word}\n`) throw new Error('the connection still holds an earlier answer')
}

/** Brings a connection into the state a statement asks for, whatever the one before it left. */
function preparer(
  session: Session,
  base: Readonly<Record<string, string>>,
): (work: Pick<Work, 'database' | 'settings' | 'parameters'>) => Promise<void> {
  let database: string | null = null
  let held: ReadonlyMap<string, string | null> = new Map()
  return async (work) => {
    if (work.database !== null && work.database !== database) {
      const { database: wanted } = work
      // Should this fail, the next statement does not trust the database.
      database = null
      await session.queryAsync(`USE ${quoteIdentifier(wanted)}`)
      database = wanted
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
