/** Pools of connections to the engine. A connection is reused only after what its last statement left is cleared. */
import { setTimeout as delay } from 'node:timers/promises'
import { connect, killStatement, type Connection } from './connection.ts'
import { POOL_SIZES, type PoolName } from './pool-settings.ts'
import { createPool, type ResourcePool } from './pool.ts'
import { createProcessList } from './process-list.ts'

export interface ConnectionPools {
  /** Runs `work` with a connection of the pool; see `ResourcePool`. */
  use<R>(pool: PoolName, work: (connection: Connection) => Promise<R>, signal?: AbortSignal): Promise<R>
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
export function openConnectionPools(dataDir: string, configFile: string, stuck: () => void): ConnectionPools {
  const closing = new AbortController()
  const processes = createProcessList()
  const kill = (connectionId: number): Promise<void> =>
    pools.control.use(async (connection) => {
      await connection.run({ ...KILL, sql: killStatement(connectionId) })
    })
  const factory = createConnectionFactory(
    (pool) => connect({ dataDir, configFile, pool, kill, processes }),
    closing.signal,
    stuck,
  )
  const pools = {
    internalWrite: openConnectionPool('internalWrite', factory),
    internalRead: openConnectionPool('internalRead', factory),
    userWrite: openConnectionPool('userWrite', factory),
    adminRead: openConnectionPool('adminRead', factory),
    userRead: openConnectionPool('userRead', factory),
    callerRead: openConnectionPool('callerRead', factory),
    parse: openConnectionPool('parse', factory),
    control: openConnectionPool('control', factory),
  }
  return {
    use: (pool, work, signal) => pools[pool].use(work, signal),
    close() {
      closing.abort()
      factory.closeAll()
    },
  }
}

interface ConnectionFactory {
  open(pool: PoolName): Connection
  close(connection: Connection): void
  closeAll(): void
  closing: AbortSignal
}

function createConnectionFactory(
  connectTo: (pool: PoolName) => Connection,
  closing: AbortSignal,
  stuck: () => void,
): ConnectionFactory {
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
    open(pool) {
      const connection = connectTo(pool)
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

function openConnectionPool(pool: PoolName, factory: ConnectionFactory): ResourcePool<Connection> {
  const connections = Array.from({ length: POOL_SIZES[pool] }, () => factory.open(pool))
  return createPool(connections, (used) => (used.isClean ? used : repair(used, pool, factory)))
}

/** Cleans the connection or replaces it. Resolves to a connection that can be used. */
async function repair(used: Connection, pool: PoolName, factory: ConnectionFactory): Promise<Connection> {
  let repaired = used
  for (let wait = FIRST_WAIT_MS; !factory.closing.aborted; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
    try {
      await repaired.clean()
      return repaired
    } catch {
      factory.close(repaired)
    }
    // The engine may be short of memory; until it recovers, the pool has one connection fewer.
    if (repaired !== used) await delay(wait, undefined, { ref: false })
    repaired = reopen(repaired, pool, factory)
  }
  return repaired
}

/** When none can be opened, returns the closed one, whose cleaning fails at the next attempt. */
function reopen(closed: Connection, pool: PoolName, factory: ConnectionFactory): Connection {
  try {
    return factory.open(pool)
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
