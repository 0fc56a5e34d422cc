/**
 * The tables of a cluster in one ClickHouse engine, and beside them the same tables as on one server. The cluster has one shard,
 * since the engine has no port at which it could reach another; and no replication, since it has no Keeper.
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Session } from 'chdb'
import type { Store } from '../../src/store/client.ts'
import { statementsFor } from '../../src/store/cluster.ts'
import { listMigrations, splitStatements } from '../../src/store/migrations.ts'
import { recordingStore } from './recording-store.ts'
import { temporaryDirectory } from './directory.ts'

const CLUSTER = 'exectrail'
/** The port is the engine's own as far as it knows, so it asks itself and nothing is sent. */
const CONFIG = `<clickhouse><tcp_port>9000</tcp_port>
<remote_servers><${CLUSTER}><shard><replica><host>127.0.0.1</host><port>9000</port></replica></shard></${CLUSTER}></remote_servers>
</clickhouse>`
/** As the service sends them; and `global`, which clickhouse/cluster/users.xml sets. */
const SETTINGS = {
  do_not_merge_across_partitions_select_final: 1,
  output_format_json_quote_64bit_integers: 1,
  distributed_product_mode: 'global',
}

export interface LocalCluster {
  /** Over the Distributed tables. */
  distributed: Store
  /** Over the same tables on one server. */
  single: Store
  query(sql: string): string
  [Symbol.asyncDispose](): Promise<void>
}

/** Opens it with its tables. */
export async function openLocalCluster(): Promise<LocalCluster> {
  const directory = await temporaryDirectory()
  const config = join(directory.path, 'config.xml')
  await writeFile(config, CONFIG)
  const settings = Object.entries(SETTINGS).map(([name, value]) => `--${name}=${value}`)
  const session = new Session(join(directory.path, 'data'), {
    connectionArgs: [`--config-file=${config}`, ...settings],
  })
  await createTables(session)
  return {
    distributed: storeOver(session, 'distributed'),
    single: storeOver(session, 'single'),
    query: (sql) => session.query(sql, 'TabSeparated'),
    async [Symbol.asyncDispose]() {
      session.close()
      await directory[Symbol.asyncDispose]()
    },
  }
}

async function createTables(session: Session): Promise<void> {
  for (const database of ['single', 'distributed']) session.query(`CREATE DATABASE ${database}`)
  for (const statement of (await listMigrations()).flatMap(({ sql }) => splitStatements(sql))) {
    session.query('USE single')
    session.query(statement)
    session.query('USE distributed')
    for (const clustered of statementsFor(statement, CLUSTER)) session.query(onOneEngine(clustered))
  }
}

/** What an engine without Keeper cannot do is taken out. */
function onOneEngine(statement: string): string {
  return statement.replace(` ON CLUSTER '${CLUSTER}'`, '').replace('ENGINE = Replicated', 'ENGINE = ')
}

function storeOver(session: Session, database: string): Store {
  const run = (sql: string, parameters: Readonly<Record<string, unknown>>, format: string): string => {
    session.query(`USE ${database}`)
    for (const [name, value] of Object.entries(parameters)) {
      session.query(`SET param_${name} = ${quote(Array.isArray(value) ? listOf(value) : String(value))}`)
    }
    return session.query(sql, format)
  }
  return {
    ...recordingStore().store,
    database,
    query: async (sql, parameters = {}) =>
      run(sql, parameters, 'JSONEachRow')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line)),
    command: async (sql, parameters = {}) => void run(sql, parameters, 'Null'),
  }
}

function listOf(values: readonly unknown[]): string {
  const format = (value: unknown): string =>
    Array.isArray(value) ? listOf(value) : typeof value === 'number' ? String(value) : quote(String(value))
  return `[${values.map(format).join(',')}]`
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
