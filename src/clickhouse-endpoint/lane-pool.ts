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

/** @throws in ClickHouse's words; code 76 when another process has the directory open */
export function openLanes(dataDir: string, configFile: string): Lanes {
  const opened = new Set<Connection>()
  const closing = new AbortController()
  const kill = (mark: number): Promise<void> =>
    lanes.control.lend(async (connection) => {
      await connection.run({ ...KILL, sql: killStatement(mark) })
    })
  const pool: Pool = {
    closing: closing.signal,
    open(lane) {
      const connection = connect({ dataDir, configFile, lane, kill })
      opened.add(connection)
      return connection
    },
    close(connection) {
      opened.delete(connection)
      connection.close()
    },
  }
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
      for (const connection of opened) connection.close()
    },
  }
}

interface Pool {
  open(lane: Lane): Connection
  close(connection: Connection): void
  closing: AbortSignal
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
