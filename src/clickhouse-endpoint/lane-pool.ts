/** The connections of all lanes. None is lent before what the last statement left on it is gone. */
import { setTimeout as delay } from 'node:timers/promises'
import { connect, killStatement, type Connection } from './connection.ts'
import { CONNECTIONS, type Lane } from './lanes.ts'
import { lendOut, type Lending } from './lending.ts'

export interface Lanes {
  /** Lends a connection of the lane; see `Lending`. */
  lend<R>(lane: Lane, use: (connection: Connection) => Promise<R>, signal?: AbortSignal): Promise<R>
  close(): void
}

const FIRST_WAIT_MS = 50
const LONGEST_WAIT_MS = 5_000

/** Statements that may go on after they were given up; each holds one of the spawner's 24 threads. */
const MAX_HANGING = 4

/**
 * `stuck` is called when more statements than that do not end.
 * @throws in ClickHouse's words; code 76 when another process has the directory open
 */
export function openLanes(dataDir: string, configFile: string, stuck: () => void): Lanes {
  const closing = new AbortController()
  const kill = (mark: number): Promise<void> =>
    lanes.control.lend(async (connection) => {
      await connection.run({ ...KILL, sql: killStatement(mark) })
    })
  const pool = openPool((lane) => connect({ dataDir, configFile, lane, kill }), closing.signal, stuck)
  const lanes = {
    write: openLane('write', pool),
    serve: openLane('serve', pool),
    change: openLane('change', pool),
    people: openLane('people', pool),
    ask: openLane('ask', pool),
    parse: openLane('parse', pool),
    control: openLane('control', pool),
  }
  return {
    lend: (lane, use, signal) => lanes[lane].lend(use, signal),
    close() {
      closing.abort()
      pool.closeAll()
    },
  }
}

interface Pool {
  open(lane: Lane): Connection
  close(connection: Connection): void
  closeAll(): void
  closing: AbortSignal
}

function openPool(connectTo: (lane: Lane) => Connection, closing: AbortSignal, stuck: () => void): Pool {
  const opened = new Set<Connection>()
  const hanging = new Set<Connection>()
  const closeLater = async (connection: Connection): Promise<void> => {
    hanging.add(connection)
    if (hanging.size > MAX_HANGING) stuck()
    await connection.hanging
    hanging.delete(connection)
    connection.close()
  }
  return {
    closing,
    open(lane) {
      const connection = connectTo(lane)
      opened.add(connection)
      return connection
    },
    close(connection) {
      // One that could not be replaced is closed again.
      if (!opened.delete(connection)) return
      if (connection.hanging === null) connection.close()
      else void closeLater(connection)
    },
    closeAll() {
      for (const connection of opened) connection.close()
    },
  }
}

function openLane(lane: Lane, pool: Pool): Lending<Connection> {
  const connections = Array.from({ length: CONNECTIONS[lane] }, () => pool.open(lane))
  return lendOut(connections, (used) => (used.isClean ? used : mend(used, lane, pool)))
}

/** The connection cleaned, or another in its place; resolves when one may be lent. */
async function mend(used: Connection, lane: Lane, pool: Pool): Promise<Connection> {
  let mended = used
  for (let wait = FIRST_WAIT_MS; !pool.closing.aborted; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    try {
      await mended.clean()
      return mended
    } catch {
      pool.close(mended)
    }
    // The engine may be short of memory for a while; the lane has one fewer until then.
    if (mended !== used) await delay(wait, undefined, { ref: false })
    mended = openAnew(mended, lane, pool)
  }
  return mended
}

/** Where none can be opened the closed one stays, and is found to be closed at the next try. */
function openAnew(closed: Connection, lane: Lane, pool: Pool): Connection {
  try {
    return pool.open(lane)
  } catch {
    return closed
  }
}

const KILL = {
  database: null,
  format: 'Null',
  settings: new Map<string, string>(),
  parameters: new Map<string, string>(),
}
